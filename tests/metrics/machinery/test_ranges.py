"""What in a recording misleads metrics is told, and by which metrics."""

import numpy as np
import pytest

from nscbench import metrics
from nscbench.metrics.machinery.ranges import SAID, cancelling, checks, kind_of, traits

RATE = 16_000
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.standard_normal(3 * RATE)  # white: what of speech matters here


def at(decibel, signal=NOISE):
    return signal * 10 ** (decibel / 20) / np.sqrt(np.mean(signal**2))


def tone(hertz, decibel):
    return at(decibel, np.sin(2 * np.pi * hertz * np.arange(len(NOISE)) / RATE))


def below(hertz, signal):
    spectrum = np.fft.rfft(signal)
    spectrum[np.fft.rfftfreq(len(signal), 1 / RATE) > hertz] = 0
    return np.fft.irfft(spectrum, len(signal))


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (at(-26), []),
        (at(-44.9), []),
        (at(-45.1), ["quiet"]),
        (np.zeros(RATE), ["quiet"]),
        (at(-26) + 0.1, ["DC offset"]),
        (at(-26) - 0.004, ["DC offset"]),
        (at(-26) + 0.001, []),
        (at(-26) + tone(20, -33), ["rumble"]),
        (at(-26) + tone(20, -45), []),
        (at(-26) + tone(80, -26), []),
        (below(3900, at(-26)), ["narrow"]),
        (below(5000, at(-26)), []),
        (below(3900, at(-50)) + 0.001, ["quiet", "DC offset", "narrow"]),
        ((at(-26) + 0.1)[:100], []),  # too short to tell
        ((at(-66) + 0.1)[:0], ["quiet"]),
    ],
)
def test_what_misleads_metrics_is_told(signal, expected):
    assert [kind_of(notice) for notice in traits(signal, RATE)] == expected


def test_a_notice_has_the_number():
    assert traits(at(-45.1), RATE) == ("quiet: -45.1 dBFS RMS",)
    assert traits(np.zeros(RATE), RATE) == ("quiet: every sample is 0",)
    assert traits(at(-26) - 0.1, RATE) == ("DC offset: -0.1000 of full scale",)
    assert traits(at(-26) + tone(20, -33), RATE) == ("rumble: -7 dB below 50 Hz",)


def test_what_was_sampled_for_telephony_is_narrow():
    assert traits(at(-26), 8000) == ("narrow: sampled at 8000 Hz",)
    assert traits(at(-26), 48_000) == ()


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (1.0, ()),
        (0.0, ()),  # one channel is silent
        (-1.0, ("channels cancel: the mean of 2 is silent",)),
        (-0.9, ("channels cancel: the mean of 2 is 26 dB below them",)),
        (-0.7, ()),
    ],
)
def test_channels_that_cancel_each_other(right, expected):
    left = at(-26)
    channels = np.stack([left, right * left])
    energy = float(np.mean(np.sum(channels**2, axis=1)))
    assert cancelling(2, energy, channels.mean(axis=0)) == expected
    assert cancelling(1, energy, left) == ()
    assert cancelling(2, 0.0, np.zeros(3)) == ()


def test_a_line_for_each_kind_names_the_metrics_of_the_run():
    notices = [(f"i{n}", f"quiet: -{50 + n}.0 dBFS RMS") for n in range(12)]
    notices += [("i0", "DC offset: +0.1000 of full scale"), ("i0", "2 channels mixed down")]
    visqol, stoi = metrics.get("visqol"), metrics.get("stoi")
    assert checks(notices, {"visqol": visqol, "stoi": stoi}, 45) == [
        "12 of 45 references lie under -45 dBFS: ViSQOL rises with it",
        "1 of 45 references have a DC offset of more than 5 % of their RMS: ViSQOL falls with it",
    ]
    assert checks(notices[:1], {"stoi": stoi}, 45) == ["1 of 45 references lie under -45 dBFS"]
    assert checks([], {"visqol": visqol}, 45) == []


def test_metrics_are_misled_by_known_kinds():
    names = ("visqol", "lsd", "mcd", "mel_distance", "dnsmos", "plcmos", "f0_rmse", "si_sdr")
    kinds = {kind for name in names for kind in metrics.get(name).misled}
    assert kinds == {"quiet", "DC offset", "rumble", "narrow"}
    assert kinds <= set(SAID)
