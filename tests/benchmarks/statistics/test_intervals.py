"""Intervals: closed forms, and coverage on simulated listeners of known truth."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics import intervals

TESTS = 1000


def simulated(generator: np.random.Generator, listeners: int, items: int) -> np.ndarray:
    """Ratings in [0, 100] around 50: symmetric, so that clipping leaves the mean at 50."""
    listener = generator.normal(0, 10, (listeners, 1))
    ratings = (
        50 + listener + np.linspace(-6, 6, items) + generator.normal(0, 15, (listeners, items))
    )
    return np.clip(ratings, 0, 100)


def test_t_interval_of_a_textbook_sample() -> None:
    # n = 5, mean 3, s = sqrt(2.5), t(0.975, 4) = 2.776445 (any t table)
    interval = intervals.t_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    half = 2.776445 * np.sqrt(2.5 / 5)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((3 - half, 3 + half), abs=1e-5)


def test_students_interval_of_a_textbook_error() -> None:
    # t(0.975, 10) = 2.228139
    found = intervals.student_interval(5.0, 2.0, 10)
    half = 2 * 2.228139
    assert (found.low, found.high) == pytest.approx((5 - half, 5 + half), abs=1e-5)


@pytest.mark.parametrize("listeners", [0, 1, 2])
def test_too_few_listeners_have_no_interval(listeners: int) -> None:
    assert intervals.t_interval(np.full(listeners, 50.0)) is None


def test_widened_tail_approaches_the_plain_one() -> None:
    assert intervals.widened_tail(20) == pytest.approx(
        stats.norm.cdf(-np.sqrt(20 / 19) * 2.093024), abs=1e-6
    )
    assert 0.015 < intervals.widened_tail(20) < intervals.widened_tail(1000) < 0.025


def test_quantiles_of_what_was_drawn() -> None:
    found = intervals.quantile_interval(np.array([np.nan, *range(101)], dtype=float), 0.05)
    assert found == intervals.Interval(5.0, 95.0)
    assert intervals.quantile_interval(np.full(3, np.nan), 0.05) is None


@pytest.mark.parametrize(("pooled", "least", "most"), [(False, 0.93, 0.97), (True, 0.0, 0.75)])
def test_t_intervals_of_listener_means_cover_those_of_pooled_ratings_do_not(
    pooled: bool, least: float, most: float
) -> None:
    """The reason for the listener as the unit: ratings of one listener are alike."""
    generator = np.random.default_rng(1)
    covered = []
    for _ in range(TESTS):
        ratings = simulated(generator, 20, 12)
        found = intervals.t_interval(ratings.ravel() if pooled else ratings.mean(axis=1))
        covered.append(found is not None and found.low <= 50 <= found.high)
    assert least <= np.mean(covered) <= most
