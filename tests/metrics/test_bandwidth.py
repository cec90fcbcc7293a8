"""Bandwidth of filtered noise, in closed form."""

import numpy as np
import pytest

from nscbench.codecs.filters import lowpass
from nscbench.metrics.bandwidth import METRIC
from nscbench.metrics.base import Undefined


def noise(rate):
    return 0.1 * np.random.default_rng(0).standard_normal(rate)


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_all_of_a_band_is_kept_by_itself_and_by_what_is_quieter_by_less_than_20_db(rate):
    metric, signal = METRIC.measured_at(rate), noise(rate)
    whole = {"bandwidth_khz": rate / 2000, "band_lost_khz": 0.0}
    assert metric.sample_rate == rate
    assert metric.score(signal, signal) == whole
    assert metric.score(signal, 0.13 * signal) == whole
    assert metric.score(signal, 0.05 * signal)["bandwidth_khz"] < rate / 2000


@pytest.mark.parametrize(("rate", "cutoff"), [(16_000, 3500), (48_000, 7000), (48_000, 14_000)])
def test_a_low_pass_is_what_is_lost(rate, cutoff):
    signal = noise(rate)
    found = METRIC.measured_at(rate).score(signal, lowpass(signal, cutoff, rate))
    assert found["bandwidth_khz"] == pytest.approx(cutoff / 1000 + 0.25, abs=0.26)
    assert found["band_lost_khz"] == rate / 2000 - found["bandwidth_khz"]


def test_a_band_that_the_reference_lacks_is_not_lost():
    signal = lowpass(noise(16_000), 3500, 16_000)
    found = METRIC.score(signal, signal)
    assert found["band_lost_khz"] == 0
    assert found["bandwidth_khz"] < 4.3


def test_silence_has_no_band():
    with pytest.raises(Undefined, match="the reference is silent"):
        METRIC.score(np.zeros(16_000), noise(16_000))
