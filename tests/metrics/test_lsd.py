"""Log-spectral distance against closed forms."""

import numpy as np
import pytest

from nscbench.metrics.lsd import METRIC


def _distance(reference, degraded):
    return METRIC.score(reference, degraded)["lsd"]


@pytest.fixture(scope="module")
def noise():
    return 0.2 * np.random.default_rng(0).uniform(-1, 1, 16_000)


@pytest.mark.parametrize("decibels", [-12.0, -1.0, 6.0])
def test_a_gain_is_its_decibels(noise, decibels):
    """But for the few of 31354 bins that noise leaves at the floor."""
    degraded = 10 ** (decibels / 20) * noise
    assert _distance(noise, degraded) == pytest.approx(abs(decibels), rel=1e-4)


def test_it_is_the_root_mean_square_over_frequency():
    """An impulse and the filter 1 + a z^-1: (10 / ln 10) sqrt(2 Li2(a^2)) over the whole circle.

    The mean of (ln |1 + a e^-jw|^2)^2 is 2 sum_k a^2k / k^2, by Parseval.
    """
    impulse, echo = np.zeros(512), np.zeros(512)
    impulse[256] = echo[256] = 0.9
    echo[257] = 0.45
    dilogarithm = sum(0.25**k / k**2 for k in range(1, 60))
    expected = 10 / np.log(10) * np.sqrt(2 * dilogarithm)
    assert _distance(impulse, echo) == pytest.approx(expected, rel=5e-3)


def test_it_is_the_mean_over_time(noise):
    """6 dB in 30 of 122 frames: the gain covers frames 0 to 29 and touches 3 more."""
    gain = np.ones(16_000)
    gain[: 29 * 128 + 512] = 10 ** (6 / 20)
    whole = 30 * 6 / 122
    assert whole < _distance(noise, gain * noise) < whole + 3 * 6 / 122


def test_what_lies_below_the_floor_does_not_count(noise):
    silence = np.zeros(16_000)
    assert _distance(silence, 1e-5 * noise) == 0
    assert _distance(noise, silence) == pytest.approx(_distance(noise, 1e-5 * noise))
    # Uniform noise of variance 0.04 / 3 lies at -18.8 dB; its periodogram is exponential, with a
    # mean logarithm 2.5 dB lower and a deviation of 5.6 dB.
    above = 10 * np.log10(0.04 / 3) - 2.51 + 80
    assert _distance(noise, silence) == pytest.approx(np.hypot(above, 5.57), abs=0.3)
