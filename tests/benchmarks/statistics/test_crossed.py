"""The crossed model: the analysis of variance, and coverage on simulated listeners and items."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.crossed import crossed_error, crossed_intervals
from nscbench.benchmarks.statistics.intervals import Interval

TESTS = 1000


@pytest.mark.parametrize("shape", [(0, 4), (2, 4), (4, 2)])
def test_too_few_listeners_or_items_have_no_interval(shape):
    scores = np.full(shape, 50.0)
    assert crossed_intervals(scores, np.random.default_rng(0)) == (None, None)


def test_equal_ratings_have_an_interval_of_no_width():
    found = crossed_intervals(np.full((5, 4), 80.0), np.random.default_rng(0))
    assert found == (Interval(80.0, 80.0), Interval(80.0, 80.0))


def test_crossed_error_is_that_of_the_analysis_of_variance():
    """In a complete design: variance = (MS_listeners + MS_items - MS_noise) / (L I)."""
    generator = np.random.default_rng(3)
    scores = generator.normal(0, 10, (9, 1)) + generator.normal(0, 10, (1, 7))
    scores = scores + generator.normal(0, 3, (9, 7))
    rows, columns = scores.mean(axis=1), scores.mean(axis=0)
    noise = scores - rows[:, None] - columns + scores.mean()
    of_noise = (noise**2).sum() / (8 * 6)
    variance = (7 * rows.var(ddof=1) + 9 * columns.var(ddof=1) - of_noise) / (9 * 7)
    found = crossed_error(scores)
    assert found is not None
    assert found[0] == pytest.approx(np.sqrt(variance))
    assert 6 < found[1] < 14


def test_items_that_nobody_shares_give_no_crossed_interval():
    apart = np.full((4, 4), np.nan)
    np.fill_diagonal(apart, [10.0, 20.0, 30.0, 40.0])
    assert crossed_error(apart) is None
    assert crossed_intervals(apart, np.random.default_rng(0)) == (None, None)


@pytest.mark.slow
@pytest.mark.parametrize(("listeners", "items", "rated"), [(20, 12, 12), (15, 8, 8), (20, 16, 8)])
def test_intervals_for_other_items_cover_the_truth(listeners, items, rated):
    """Listeners and items both drawn from populations, complete and incomplete designs."""
    generator = np.random.default_rng(2)
    covered = []
    for _ in range(TESTS):
        listener, item = generator.normal(0, 10, (listeners, 1)), generator.normal(0, 8, (1, items))
        scores = 50 + listener + item + generator.normal(0, 15, (listeners, items))
        for row in scores:
            row[generator.permutation(items)[rated:]] = np.nan
        found = crossed_intervals(scores, generator, draws=1000)
        covered.append([i is not None and i.low <= 50 <= i.high for i in found])
    of_mean, of_median = np.mean(covered, axis=0)
    assert 0.93 <= of_mean <= 0.97
    assert 0.93 <= of_median <= 0.99
