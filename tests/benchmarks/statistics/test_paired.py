"""Paired comparisons of conditions: hand-computed ones, and simulated ones of known truth."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.intervals import student
from nscbench.benchmarks.statistics.paired import compare


def singles(n):
    return [str(i) for i in range(n)]


def test_intervals_of_differences_cover_the_truth():
    """Paired conditions on 15 speakers, true difference 0.3, speakers that prefer differently."""
    random = np.random.default_rng(7)
    clusters = np.repeat(singles(15), 4)
    hits, trials = 0, 400
    for _ in range(trials):
        shared, liking = random.normal(0, 1, 60), np.repeat(random.normal(0, 0.3, 15), 4)
        values = np.stack([shared + 0.3 + liking, shared + random.normal(0, 0.2, 60)], axis=1)
        (found,) = compare(values, [(0, 1)], clusters)
        hits += found.low <= 0.3 <= found.high
    assert 0.92 <= hits / trials <= 0.98


def test_wins_ties_losses_and_the_mean_difference():
    values = np.array([[2.0, 1.0], [1.0, 1.0], [0.0, 3.0], [5.0, 1.0]])
    (found,) = compare(values, [(0, 1)], singles(4))
    assert (found.n, found.wins, found.ties, found.losses) == (4, 2, 1, 1)
    assert found.difference == 0.5
    assert np.isnan([found.low, found.high, found.detectable]).all()


def test_the_detectable_difference_is_found_in_four_of_five_tries():
    random = np.random.default_rng(11)
    first = random.normal(0, 1, (24, 2))
    (found,) = compare(first, [(0, 1)], singles(24))
    reach = student(0.975, 23) + student(0.8, 23)
    spread = np.std(first[:, 0] - first[:, 1], ddof=1) / 24**0.5
    assert found.detectable == pytest.approx(reach * spread, rel=0.1)
    effect = reach * (2 / 24) ** 0.5  # of the true spread
    tries = random.normal(0, 1, (300, 24, 2)) + np.array([effect, 0])
    detected = [compare(sample, [(0, 1)], singles(24))[0].low > 0 for sample in tries]
    assert 0.72 <= np.mean(detected) <= 0.88


def test_gaps_are_refused():
    with pytest.raises(ValueError, match="needs a value of every condition"):
        compare(np.array([[1.0, np.nan]]), [(0, 1)], ["a"])
