"""Shifts: the textbook's, and coverage on simulated listeners."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.shift import hodges_lehmann, shift_interval

# Hollander and Wolfe, Nonparametric Statistical Methods, example 3.1: the Hamilton depression
# scale before and after tranquilizer; also the example of R's wilcox.test.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def test_hodges_lehmann_of_the_depression_data():
    assert hodges_lehmann(BEFORE - AFTER) == pytest.approx(0.46, abs=5e-3)
    interval = shift_interval(BEFORE - AFTER)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.010, 0.786), abs=1e-3)


def test_a_shift_interval_needs_six_listeners():
    five = np.arange(1.0, 6.0)
    assert shift_interval(five) is None  # its widest has 1 - 2/32 = 93.75 %
    assert shift_interval(np.arange(1.0, 7.0)) is not None
    assert shift_interval(np.array([])) is None


def test_shift_intervals_cover_the_truth():
    generator = np.random.default_rng(6)
    covered = []
    for _ in range(1000):
        interval = shift_interval(generator.normal(4, 11, 20))
        assert interval is not None
        covered.append(interval.low <= 4 <= interval.high)
    assert 0.93 <= np.mean(covered) <= 0.97
