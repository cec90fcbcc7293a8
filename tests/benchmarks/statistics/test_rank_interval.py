"""Intervals of coefficients over few points: how often they hold the truth."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.coefficients import KINDS, coefficient
from nscbench.benchmarks.statistics.rank_interval import coefficient_interval
from support.designs import coverage_bounds

TRIALS = 600


def test_ten_points_in_the_same_order_leave_room() -> None:
    for kind, least in (("spearman", 0.9), ("kendall", 0.75)):
        interval = coefficient_interval(kind, 1.0, 10)
        assert least < interval.low < 0.99
        assert interval.high == 1


def test_both_ends_mirror() -> None:
    for kind in KINDS:
        up, down = (coefficient_interval(kind, value, 8) for value in (0.6, -0.6))
        assert (up.low, up.high) == (-down.high, -down.low)
        assert up.low < 0.6 < up.high


def test_fewer_points_give_wider_intervals_or_none() -> None:
    widths = [
        interval.high - interval.low
        for n in (5, 10, 30)
        if (interval := coefficient_interval("spearman", 0.5, n))
    ]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 3
    assert coefficient_interval("spearman", 0.5, 4) is None
    assert coefficient_interval("spearman", float("nan"), 10) is None


@pytest.mark.slow
@pytest.mark.parametrize("points", [7, 10, 16])
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8, 0.95])
def test_intervals_hold_the_population(points: int, correlation: float) -> None:
    random = np.random.default_rng(7)
    first, second = random.standard_normal((2, TRIALS, points))
    other = correlation * first + np.sqrt(1 - correlation**2) * second
    population = {
        "pearson": correlation,
        "spearman": 6 / np.pi * np.arcsin(correlation / 2),
        "kendall": 2 / np.pi * np.arcsin(correlation),
    }
    for kind in KINDS:
        values = np.round(coefficient(kind, first, other), 9)
        distinct = {v: coefficient_interval(kind, float(v), points) for v in np.unique(values)}
        held = [distinct[v].low <= population[kind] <= distinct[v].high for v in values]
        low, _ = coverage_bounds(TRIALS, 0.93, 1.0)
        assert np.mean(held) >= low, (kind, np.mean(held))
