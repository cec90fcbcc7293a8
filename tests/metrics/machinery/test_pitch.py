"""The F0 tracker on synthesized voices, and the two errors made of its tracks."""

import tracemalloc

import numpy as np
import pytest
from scipy.signal import lfilter

from nscbench.metrics import f0_rmse, vuv_error
from nscbench.metrics.base import Undefined
from nscbench.metrics.machinery import pitch
from nscbench.metrics.machinery.pitch import HOP, LENGTH, track

RATE = 16_000
PITCHES = [60, 71.3, 85, 100, 133.7, 187.1, 220, 311, 400]


def _pulses(f0, seconds=1.0, first=1):
    """A band-limited pulse train whose F0 is a number or an array [T], without low harmonics."""
    samples = round(seconds * RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0, samples)) / RATE
    harmonics = range(first, int(7600 / np.max(f0)) + 1)
    return 0.5 * sum(np.cos(k * phase) for k in harmonics) / len(harmonics)


def _vowel(pulses, formant=700.0):
    """The pulses through one resonance of 100 Hz bandwidth, at a peak of 0.5."""
    radius = np.exp(-np.pi * 100 / RATE)
    poles = [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2]
    vowel = lfilter([1], poles, pulses)
    return 0.5 * vowel / np.abs(vowel).max()


def _noisy(signal, decibels, seed=0):
    noise = np.random.default_rng(seed).standard_normal(len(signal))
    return signal + noise * np.sqrt(np.mean(signal**2)) * 10 ** (-decibels / 20)


def _assert_steady(signal, f0, relative):
    np.testing.assert_allclose(track(signal), f0, rtol=relative)


@pytest.mark.parametrize("f0", PITCHES)
def test_pulse_trains(f0):
    _assert_steady(_pulses(f0), f0, 1e-3)


@pytest.mark.parametrize("f0", PITCHES)
@pytest.mark.parametrize("decibels", [20, 10])
def test_vowels_in_noise(f0, decibels):
    _assert_steady(_noisy(_vowel(_pulses(f0)), decibels), f0, 5e-3)


@pytest.mark.parametrize("f0", [90, 150, 240])
def test_a_formant_on_the_second_harmonic_is_no_octave_up(f0):
    _assert_steady(_vowel(_pulses(f0), 2 * f0), f0, 1e-2)


@pytest.mark.parametrize("f0", [90, 150, 240])
def test_a_missing_fundamental_is_heard(f0):
    _assert_steady(_pulses(f0, first=4), f0, 1e-2)


@pytest.mark.parametrize("f0", [120, 200])
def test_pulses_that_alternate_by_five_percent_are_no_octave_down(f0):
    samples = np.arange(RATE)
    alternation = 1 + 0.025 * np.cos(np.pi * f0 * samples / RATE)
    _assert_steady(_vowel(_pulses(f0) * alternation), f0, 1e-2)


def test_a_glide_is_followed():
    """Within the F0 that the frame holds: 150 Hz/s move it by 3.75 Hz to either side."""
    f0 = np.linspace(100, 250, RATE)
    centres = np.arange(len(track(_pulses(f0)))) * HOP + LENGTH // 2
    np.testing.assert_allclose(track(_pulses(f0)), f0[centres], atol=3.75)


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_silence_are_unvoiced(seed):
    noise = 0.1 * np.random.default_rng(seed).standard_normal(2 * RATE)
    assert not track(noise).any()
    assert not track(np.zeros(RATE)).any()


def test_frames_cover_the_signal():
    assert len(track(np.zeros(LENGTH))) == 1
    assert len(track(np.zeros(LENGTH + HOP - 1))) == 1
    assert len(track(np.zeros(LENGTH + HOP))) == 2
    with pytest.raises(ValueError, match="larger"):
        track(np.zeros(LENGTH - 1))


def test_blocks_of_frames_change_no_value(monkeypatch):
    voice = _noisy(_vowel(_pulses(np.linspace(100, 250, 2 * RATE), 2.0)), 10)
    monkeypatch.setattr(pitch, "_BLOCK", len(voice))
    at_once = track.__wrapped__(voice)
    for block in (1, 64, 150):
        monkeypatch.setattr(pitch, "_BLOCK", block)
        np.testing.assert_allclose(track.__wrapped__(voice), at_once, rtol=1e-6)


def test_memory_hardly_grows_with_the_signal():
    """Frames of 50 kB each would take 5 MB for a second of signal."""
    peaks = []
    for seconds in (15, 45):
        noise = np.random.default_rng(0).standard_normal(seconds * RATE)
        tracemalloc.start()
        track.__wrapped__(noise)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 30e6  # bytes, for 30 s


def test_level_and_polarity_do_not_matter():
    voice = _noisy(_vowel(_pulses(140)), 20)
    np.testing.assert_allclose(track(-0.01 * voice), track(voice), rtol=1e-6)


@pytest.mark.parametrize("shift", [-7.0, 0.0, 5.0])
def test_f0_rmse_of_a_known_shift(shift):
    error = f0_rmse.METRIC.score(_pulses(150), _pulses(150 + shift))["f0_rmse"]
    assert error == pytest.approx(abs(shift), abs=0.05)


def test_f0_rmse_is_a_root_mean_square_over_what_both_voice():
    """3 Hz in one half, 4 Hz in the other, and a gap in either signal that does not count."""
    reference = _pulses(150, 2.0)
    degraded = _pulses(np.repeat([153.0, 154.0], RATE), 2.0)
    reference[4000:8000] = 0
    degraded[24_000:28_000] = 0
    error = f0_rmse.METRIC.score(reference, degraded)["f0_rmse"]
    assert error == pytest.approx(np.sqrt((3**2 + 4**2) / 2), abs=0.1)


def test_f0_rmse_is_undefined_where_nothing_is_voiced_in_both():
    voice = np.concatenate([_pulses(150), np.zeros(2 * RATE)])
    with pytest.raises(Undefined, match="none in both"):
        f0_rmse.METRIC.score(voice, voice[::-1].copy())
    with pytest.raises(Undefined, match="0 in the degraded"):
        f0_rmse.METRIC.score(voice, np.zeros(3 * RATE))


def test_vuv_error_is_the_share_of_frames():
    """Silence for one of four seconds: a quarter of the frames, give or take one at its edges."""
    voice = _pulses(150, 4.0)
    muted = voice.copy()
    muted[RATE : 2 * RATE] = 0
    frames = len(track(voice))
    error = vuv_error.METRIC.score(voice, muted)["vuv_error"]
    assert error == pytest.approx(0.25, abs=3 / frames)
    assert vuv_error.METRIC.score(muted, voice)["vuv_error"] == error
    assert vuv_error.METRIC.score(voice, voice)["vuv_error"] == 0
    assert vuv_error.METRIC.score(voice, np.zeros_like(voice))["vuv_error"] == 1
