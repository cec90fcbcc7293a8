"""Delay, drift and polarity of copies, of decoders that make their own phase, and of strangers."""

import numpy as np
import pytest
import soxr
from scipy.signal import butter, istft, lfilter, sosfilt, stft

from nscbench.metrics import delay, drift, level, polarity
from nscbench.metrics.base import Undefined
from nscbench.metrics.machinery.alignment import SHORTEST, align, estimate

RATE = 16_000
DELAYS = [1, 16, 80, 333, 1600, 3200, -1, -16, -1600, -3200]


def _speech(seed, seconds=5.0):
    """Syllables and pauses of random lengths: pulses or noise through two resonances. Peak 0.5."""
    rng = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < seconds * RATE:
        samples = int(rng.uniform(0.06, 0.35) * RATE)
        if rng.random() < 0.25:
            parts.append(np.zeros(samples))
            continue
        source = 0.05 * rng.standard_normal(samples)
        if rng.random() < 0.75:
            source += np.diff(
                np.floor(np.cumsum(rng.uniform(90, 220) * np.ones(samples + 1)) / RATE)
            )
        for low, high in ((300, 900), (1000, 3000)):
            frequency, radius = rng.uniform(low, high), 0.97
            poles = [1, -2 * radius * np.cos(2 * np.pi * frequency / RATE), radius**2]
            source = lfilter([1], poles, source)
        parts.append(source * np.hanning(samples))
    signal = np.concatenate(parts)[: int(seconds * RATE)]
    signal += 1e-4 * np.abs(signal).max() * rng.standard_normal(len(signal))
    return 0.5 * signal / np.abs(signal).max()


def _delayed(signal, samples):
    """The signal later (or earlier), at the same length."""
    if samples < 0:
        return np.concatenate([signal[-samples:], np.zeros(-samples)])
    return np.concatenate([np.zeros(samples), signal[: len(signal) - samples]])


def _griffin_lim(signal, iterations=30):
    """The right magnitudes with an invented phase (Griffin & Lim, 1984)."""
    settings = {"nperseg": 512, "noverlap": 384}
    magnitude = np.abs(stft(signal, **settings)[2])
    phase = np.exp(2j * np.pi * np.random.default_rng(0).random(magnitude.shape))
    for _ in range(iterations):
        rebuilt = istft(magnitude * phase, **settings)[1][: len(signal)]
        phase = np.exp(1j * np.angle(stft(rebuilt, **settings)[2]))
    return istft(magnitude * phase, **settings)[1][: len(signal)]


@pytest.fixture(scope="module")
def speech():
    return _speech(0)


@pytest.fixture(scope="module")
def vocoded(speech):
    return _griffin_lim(speech)


@pytest.mark.parametrize("samples", DELAYS)
@pytest.mark.parametrize("gain", [1.0, -0.2])
def test_a_copy_is_found_to_the_sample(speech, samples, gain):
    found = estimate(speech, gain * _delayed(speech, samples), RATE)
    assert found.delay_samples == samples
    assert found.polarity == np.sign(gain)
    assert found.drift_ppm == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("samples", [0, 7, -3200])
@pytest.mark.parametrize("decibels", [10, 0])
def test_noise_does_not_hide_a_copy(speech, samples, decibels):
    noise = np.random.default_rng(1).standard_normal(len(speech))
    noise *= np.sqrt(np.mean(speech**2)) * 10 ** (-decibels / 20)
    found = estimate(speech, -_delayed(speech, samples) + noise, RATE)
    assert (found.delay_samples, found.polarity) == (samples, -1)


@pytest.mark.parametrize("samples", [0, 321])
def test_a_filtered_and_a_coarsely_quantized_copy_are_found(speech, samples):
    low = sosfilt(butter(4, 2000, fs=RATE, output="sos"), speech)
    group_delay = round(2.61 / (2 * np.pi * 2000) * RATE)  # of this Butterworth filter, at 0 Hz
    assert estimate(speech, _delayed(low, samples), RATE).delay_samples == pytest.approx(
        samples + group_delay, abs=1
    )
    coarse = np.round(speech * 8) / 8
    assert estimate(speech, _delayed(coarse, samples), RATE).delay_samples == samples


@pytest.mark.parametrize("ppm", [20, 100, -100, 1000, -1000])
def test_drift_of_a_resampled_copy(speech, ppm):
    """Its delay is the one at the centre: half of what drifts over the whole signal."""
    resampled = soxr.resample(speech, 1e6, 1e6 + ppm, quality="VHQ")
    found = estimate(speech, resampled, RATE)
    assert found.drift_ppm == pytest.approx(ppm, rel=0.01, abs=3)
    assert found.delay_samples == pytest.approx(len(speech) / 2 * ppm * 1e-6, abs=1)
    assert found.polarity == 1


def test_drift_of_a_long_copy_that_moves_beyond_the_search_range():
    speech = _speech(3, 120.0)
    found = estimate(speech, soxr.resample(speech, 1e6, 1e6 + 1000, quality="VHQ"), RATE)
    assert found.drift_ppm == pytest.approx(1000, rel=0.001)
    assert found.delay_samples == pytest.approx(960, abs=1)


@pytest.mark.parametrize("samples", [0, 160, 3200, -1000])
def test_a_decoder_that_invents_phase_is_found_by_its_envelope(speech, vocoded, samples):
    """Within 0.5 ms; its waveform has no polarity, and no drift that could be told."""
    found = estimate(speech, _delayed(vocoded, samples), RATE)
    assert found.delay_samples == pytest.approx(samples, abs=8)
    assert isinstance(found.drift_ppm, Undefined)
    assert isinstance(found.polarity, Undefined)


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("stranger", ["white", "shaped", "swapped"])
def test_strangers_are_undefined_and_not_moved(seconds, stranger):
    speech = _speech(0, seconds)
    other = 0.1 * np.random.default_rng(2).standard_normal(len(speech))
    if stranger == "shaped":
        other = lfilter([1], [1, -0.9], other)
    if stranger == "swapped":
        other = _speech(1, seconds)
    found = estimate(speech, other, RATE)
    for quantity in (found.delay_samples, found.drift_ppm, found.polarity):
        assert isinstance(quantity, Undefined)
        assert "neither the waveforms nor the envelopes" in str(quantity)
    kept = align(speech, other, RATE)
    np.testing.assert_array_equal(kept, (speech, other))


def test_strangers_with_the_same_hum_stay_strangers():
    hum = 0.3 * np.sin(2 * np.pi * 50 / RATE * np.arange(5 * RATE))
    found = estimate(0.2 * _speech(0) + hum, 0.2 * _speech(1) + hum, RATE)
    assert isinstance(found.delay_samples, Undefined)


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.0])
def test_a_short_copy_is_found_and_its_drift_is_not(speech, seconds):
    part = speech[RATE : RATE + int(seconds * RATE)]
    found = estimate(part, -_delayed(part, 160), RATE)
    assert (found.delay_samples, found.polarity) == (160, -1)
    assert "blocks" in str(found.drift_ppm)


@pytest.mark.parametrize(
    ("degraded", "why"),
    [(np.zeros(5 * RATE), "digital silence"), (np.ones(SHORTEST - 1), "less than 0.1 s")],
)
def test_silence_and_snippets_are_undefined(speech, degraded, why):
    for pair in ((speech, degraded), (degraded, speech)):
        assert why in str(estimate(*pair, RATE).delay_samples)


def test_a_recording_that_stops_before_the_centre_of_a_long_one_is_undefined(speech):
    found = estimate(np.tile(speech, 12), speech, RATE)
    assert "the degraded signal has less than" in str(found.delay_samples)


def test_another_rate_is_refused(speech):
    with pytest.raises(ValueError, match="16000"):
        estimate(speech, speech, 8000)


@pytest.mark.parametrize("samples", [0, 500, -500])
@pytest.mark.parametrize("longer", [0, 4000, -4000])
def test_align_cuts_both_to_what_they_share(speech, samples, longer):
    degraded = _delayed(np.pad(speech, (0, 8000)), samples)[: len(speech) + longer]
    ours, theirs = align(speech, degraded, RATE)
    assert len(ours) == len(theirs) >= len(speech) - max(0, -longer) - 500
    both = min(len(ours), len(speech) - 4500)
    np.testing.assert_array_equal(ours[:both], theirs[:both])


def test_align_leaves_polarity_level_and_drift(speech):
    ours, theirs = align(speech, -0.5 * _delayed(speech, 100), RATE)
    np.testing.assert_array_equal(theirs, -0.5 * ours)


def test_silence_within_a_signal_is_no_obstacle(speech):
    paused = np.concatenate([np.zeros(2 * RATE), speech, np.zeros(3 * RATE)])
    found = estimate(paused, -_delayed(paused, 77), RATE)
    assert (found.delay_samples, found.polarity) == (77, -1)


def test_columns(speech):
    degraded = -0.5 * _delayed(speech, 160)
    assert delay.METRIC.score(speech, degraded) == {"delay_ms": 10.0}
    assert polarity.METRIC.score(speech, degraded) == {"polarity": -1.0}
    assert drift.METRIC.score(speech, degraded)["drift_ppm"] == pytest.approx(0, abs=0.5)
    found = level.METRIC.score(speech, -0.5 * speech)["level_db"]
    assert found == pytest.approx(20 * np.log10(0.5))


@pytest.mark.parametrize("metric", [delay.METRIC, drift.METRIC, polarity.METRIC, level.METRIC])
def test_columns_are_undefined_with_a_reason_and_never_ranked(speech, metric):
    with pytest.raises(Undefined, match="digital silence"):
        metric.score(speech, np.zeros_like(speech))
    assert set(metric.directions.values()) == {"none"}


def test_one_undefined_column_takes_no_other_with_it(speech, vocoded):
    assert abs(delay.METRIC.score(speech, vocoded)["delay_ms"]) < 0.5
    with pytest.raises(Undefined, match="only the envelopes"):
        polarity.METRIC.score(speech, vocoded)
