"""Intervals over listeners: closed forms, and coverage on simulated listeners of known truth."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics import intervals
from nscbench.benchmarks.statistics.intervals import Interval

TESTS = 1000


def coverage(intervals_: list[Interval | None], truth: float) -> float:
    covered = [i is not None and i.low <= truth <= i.high for i in intervals_]
    assert len(covered) == TESTS
    return float(np.mean(covered))


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


@pytest.mark.parametrize("listeners", [0, 1, 2])
def test_too_few_listeners_have_no_interval(listeners: int) -> None:
    scores = np.full((listeners, 4), 50.0)
    assert intervals.t_interval(scores.mean(axis=1)) is None
    generator = np.random.default_rng(0)
    for resample_items in (False, True):
        assert intervals.bootstrap_intervals(scores, resample_items, generator) == (None, None)


def test_widened_tail_approaches_the_plain_one() -> None:
    assert intervals.widened_tail(20) == pytest.approx(
        stats.norm.cdf(-np.sqrt(20 / 19) * 2.093024), abs=1e-6
    )
    assert 0.015 < intervals.widened_tail(20) < intervals.widened_tail(1000) < 0.025


@pytest.mark.parametrize(("listeners", "items"), [(20, 12), (10, 8)])
def test_intervals_of_one_condition_cover_the_truth(listeners: int, items: int) -> None:
    generator = np.random.default_rng(1)
    tail = intervals.widened_tail(listeners)
    found: dict[str, list[Interval | None]] = {"t": [], "mean": [], "median": []}
    for _ in range(TESTS):
        means = simulated(generator, listeners, items).mean(axis=1)
        of_mean, of_median = intervals.resample_listeners(means, generator, draws=1000)
        found["t"].append(intervals.t_interval(means))
        found["mean"].append(intervals.percentile_interval(of_mean, tail))
        found["median"].append(intervals.percentile_interval(of_median, tail))
    for kind, values in found.items():
        assert 0.93 <= coverage(values, 50.0) <= 0.97, kind


def test_pooled_ratings_would_not_cover() -> None:
    """The reason for the listener as the unit: the same data, every rating taken as independent."""
    generator = np.random.default_rng(1)
    pooled = [intervals.t_interval(simulated(generator, 20, 12).ravel()) for _ in range(TESTS)]
    assert coverage(pooled, 50.0) < 0.75


@pytest.mark.slow
@pytest.mark.parametrize(("listeners", "items", "rated"), [(20, 12, 12), (15, 8, 8), (20, 16, 8)])
def test_intervals_for_other_items_cover_the_truth(
    listeners: int, items: int, rated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listeners and items both drawn from populations, complete and incomplete designs."""
    resample = intervals.resample_listeners_and_items
    monkeypatch.setattr(
        intervals, "resample_listeners_and_items", lambda s, g: resample(s, g, draws=1000)
    )
    generator = np.random.default_rng(2)
    found = []
    for _ in range(TESTS):
        listener, item = generator.normal(0, 10, (listeners, 1)), generator.normal(0, 8, (1, items))
        scores = 50 + listener + item + generator.normal(0, 15, (listeners, items))
        for row in scores:
            row[generator.permutation(items)[rated:]] = np.nan
        found.append(intervals.bootstrap_intervals(scores, True, generator)[0])
    assert 0.93 <= coverage(found, 50.0) <= 0.97


def test_crossed_error_is_that_of_the_analysis_of_variance() -> None:
    """In a complete design: variance = (MS_listeners + MS_items - MS_noise) / (L I)."""
    generator = np.random.default_rng(3)
    scores = generator.normal(0, 10, (9, 1)) + generator.normal(0, 10, (1, 7))
    scores = scores + generator.normal(0, 3, (9, 7))
    rows, columns = scores.mean(axis=1), scores.mean(axis=0)
    noise = scores - rows[:, None] - columns + scores.mean()
    of_noise = (noise**2).sum() / (8 * 6)
    variance = (7 * rows.var(ddof=1) + 9 * columns.var(ddof=1) - of_noise) / (9 * 7)
    found = intervals.crossed_error(scores)
    assert found is not None
    assert found[0] == pytest.approx(np.sqrt(variance))
    assert 6 < found[1] < 14


def test_items_that_nobody_shares_give_no_crossed_interval() -> None:
    apart = np.full((4, 4), np.nan)
    np.fill_diagonal(apart, [10.0, 20.0, 30.0, 40.0])
    assert intervals.crossed_error(apart) is None
    found = intervals.bootstrap_intervals(apart, True, np.random.default_rng(0))
    assert found == (None, None)


def test_equal_ratings_have_an_interval_of_no_width() -> None:
    equal = np.full((5, 4), 80.0)
    for resample_items in (False, True):
        found = intervals.bootstrap_intervals(equal, resample_items, np.random.default_rng(0))
        assert found == (Interval(80.0, 80.0), Interval(80.0, 80.0))
