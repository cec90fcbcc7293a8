"""Degradations of calls: pauses, several talkers, clocks and rates, losses that codecs share."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nscbench.benchmarks.degradations import DegradationError, make
from nscbench.benchmarks.degradations.base import Place
from nscbench.codecs import get
from nscbench.codecs.noise import Noise

RATE = 16_000


def voice(seed=0):
    gate = np.repeat([1.0, 0.0, 0.7, 1.0], RATE // 2)
    return 0.05 * gate * np.random.default_rng(seed).standard_normal(2 * RATE)


def place(item="a", speakers=("s1", "s2", "s2")):
    others = [lambda rate, n=n: voice(n) for n in range(1, 1 + len(speakers))]
    return Place(item, others, "s1", speakers)


def test_pauses_stand_where_it_is_quiet_and_behind():
    made = make("pauses", {"seconds": 3}).apply(voice(), RATE, place())
    assert len(made) == 8 * RATE
    pause = made[RATE // 2 : RATE // 2 + 3 * RATE]  # voice() is silent from 0.5 to 1 s
    assert 20 * np.log10(np.std(pause)) == pytest.approx(-60, abs=1)
    assert 20 * np.log10(np.std(made[-3 * RATE :])) == pytest.approx(-60, abs=0.2)
    kept = np.concatenate([made[: RATE // 2], made[4 * RATE : 5 * RATE]])
    assert_allclose(kept, np.concatenate([voice()[: RATE // 2], voice()[RATE:]]))


def test_talkers_are_other_speakers_at_their_ratio():
    made = make("talkers", {"others": 1, "snr_db": 6}).apply(voice(), RATE, place())
    added = made - voice()
    ratio = 10 * np.log10(np.mean(voice() ** 2) / np.mean(added**2))
    assert ratio == pytest.approx(6, abs=0.01)
    alike = [np.corrcoef(added, voice(seed))[0, 1] for seed in (1, 2, 3)]
    assert alike[0] < 0.1  # the item's own speaker
    assert max(alike[1:]) > 0.99


def test_too_few_speakers_are_said():
    with pytest.raises(DegradationError, match="a needs 2 other speakers; the set names 1"):
        make("talkers", {"others": 2}).apply(voice(), RATE, place())
    with pytest.raises(DegradationError, match="the set names 0"):
        make("talkers", {}).apply(voice(), RATE, place(speakers=("", "", "")))


def test_a_clock_that_is_off_changes_tempo_and_pitch():
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    made = make("clock", {"percent": 10}).apply(tone, RATE, place())
    assert len(made) == pytest.approx(1.1 * RATE, abs=2)
    peak = np.argmax(np.abs(np.fft.rfft(made[:RATE]))) * RATE / RATE
    assert peak == pytest.approx(1000 / 1.1, abs=1)


def test_a_lower_rate_leaves_nothing_above_its_half():
    noise = 0.1 * np.random.default_rng(0).standard_normal(4 * RATE)
    made = make("sampling-rate", {"hz": 8000}).apply(noise, RATE, place())
    assert len(made) == len(noise)
    middle = made[RATE:-RATE] * np.hanning(2 * RATE)
    power, hertz = np.abs(np.fft.rfft(middle)) ** 2, np.fft.rfftfreq(2 * RATE, 1 / RATE)
    above, below = power[hertz > 4100].mean(), power[hertz < 3500].mean()
    assert 10 * np.log10(above / below) < -80
    with pytest.raises(DegradationError, match="a has 16000 Hz, which are no more"):
        make("sampling-rate", {"hz": 16_000}).apply(noise, RATE, place())


def lost_seconds(name, loss, item="a"):
    """Which of the 10 ms of a signal a codec in the channel loses."""
    channel = make("loss", loss).wrap(get(name))
    frame = channel.inner.frame / channel.sample_rate
    lost = channel._on_grid(round(4 / frame), Noise.of([item]).drawing(0))
    return np.repeat(lost, round(frame / 0.01))


def test_codecs_of_other_frames_lose_the_same_time_on_a_grid():
    loss = {"percent": 20, "burst": 2, "grid_ms": 20}
    opus, lc3 = (lost_seconds(name, loss) for name in ("opus-12", "lc3-32"))
    assert get("lc3-32").frame < get("opus-12").frame
    assert_allclose(opus, lc3)
    assert opus.any()
    assert not np.array_equal(opus, lost_seconds("opus-12", loss, item="b"))


def test_the_pattern_is_kept_as_g192_words_and_does_not_depend_on_its_length():
    loss = make("loss", {"percent": 20, "grid_ms": 20})
    words = np.frombuffer(loss.record("a", 4.0, 0), "<u2")
    assert set(words) == {0x6B21, 0x6B20}
    lost = np.repeat(words == 0x6B20, 2)
    assert_allclose(lost, lost_seconds("opus-12", {"percent": 20, "grid_ms": 20}))
    longer = np.frombuffer(loss.record("a", 60.0, 0), "<u2")
    assert len(longer) == 3000
    assert_allclose(longer[: len(words)], words)
    assert loss.record("a", 4.0, 1) != loss.record("a", 4.0, 0)
    assert make("loss", {"percent": 20}).record("a", 4.0, 0) == b""


def test_a_grid_decodes_with_the_losses_of_the_pattern(speech_like):
    import torch

    audio = [torch.from_numpy(speech_like(1.0, RATE))]
    codec = get("opus-12")
    channel = make("loss", {"percent": 30, "grid_ms": 20}).wrap(codec)
    (payload,) = codec.encode(audio)
    (made,) = channel.decode([payload], Noise.of("a"))
    frames = codec.packets(payload)
    lost = channel._on_grid(frames, Noise.of("a").drawing(0))
    assert torch.equal(made, codec.decode_with_loss(payload, lost))
    assert 0 < lost.sum() < frames
