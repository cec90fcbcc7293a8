"""Paired comparisons of conditions: hand-computed ones, and simulated ones of known truth."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.holm import holm
from nscbench.benchmarks.statistics.paired import compare, detectable
from support.designs import coverage_bounds, error_bound, sizes, speakers


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
    assert np.isnan([found.low, found.high]).all()
    assert (found.test, found.p, found.least) == ("none", 1.0, 1.0)


def test_test_and_interval_are_one_statistic():
    """p < 0.05 where the interval leaves out 0; p that of a t test of the speakers' means."""
    random = np.random.default_rng(5)
    values = random.normal(0, 1, (300, 12, 2)) + np.array([0.8, 0])
    for sample in values:
        (found,) = compare(sample, [(0, 1)], singles(12))
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)
        expected = stats.ttest_1samp(sample[:, 0] - sample[:, 1], 0).pvalue
        assert found.p == pytest.approx(expected, rel=0.5)
        assert (found.test, found.least) == ("t", 0.0)


def test_six_speakers_can_differ_in_the_hardest_of_many_tests():
    """Sign flips of 6 speakers say 2 / 64 at best; a family of 210 needs 0.05 / 210."""
    random = np.random.default_rng(2)
    values = random.normal(0, 0.1, (12, 2)) + np.array([3.0, 0])
    (found,) = compare(values, [(0, 1)], singles(6) * 2)
    assert found.test == "t"
    assert found.p < 0.05 / 210


@pytest.mark.parametrize(
    ("differences", "least"),
    [
        ([0, 0, 0, 1, 2, 3, 4, 5.0], 2 / 2**5),
        ([1.0] * 6, 2 / 2**6),
        ([0.1, 0.2, 0.3] * 3, 2 / 2**9),
    ],
)
def test_speakers_who_tie_are_tested_by_exact_sign_flips(differences, least):
    """Six equal differences have no spread at all, and Student's p-value would be 0."""
    values = np.stack([np.array(differences), np.zeros(len(differences))], axis=1)
    (found,) = compare(values, [(0, 1)], singles(len(values)))
    assert (found.test, found.least) == ("signs", least)
    assert found.p == least


def test_equal_conditions_are_no_evidence():
    (found,) = compare(np.ones((12, 2)), [(0, 1)], singles(6) * 2)
    assert (found.p, found.test, found.low, found.high) == (1.0, "none", 0.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "family"), [(9, 15), (24, 1)])
def test_the_detectable_difference_is_found_in_four_of_five_tries(count, family):
    """By the very test, after Holm over all of the family, of which nothing else is true."""
    random = np.random.default_rng(11)
    true_error = (2 / count) ** 0.5
    effect = float(detectable(np.array(true_error), np.array(count), 0.05 / family))
    found, tries = 0, 400
    for _ in range(tries):
        sample = random.normal(0, 1, (count, 2 * family))
        sample[:, 0] += effect
        pairs = [(2 * place, 2 * place + 1) for place in range(family)]
        p = np.array([one.p for one in compare(sample, pairs, singles(count))])
        found += holm(p)[0] < 0.05
    assert found / tries == pytest.approx(0.8, abs=3 * (0.8 * 0.2 / tries) ** 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 30])
@pytest.mark.parametrize("design", ["equal", "lognormal", "half"])
def test_intervals_of_differences_cover_the_truth_however_unequal_the_speakers(design, count):
    random = np.random.default_rng(count)
    hits, trials = 0, 1000
    for _ in range(trials):
        cluster = np.repeat(np.arange(count), sizes(design, count, random))
        shared = random.normal(0, 1, len(cluster))
        liking = speakers("normal", (count,), random)[cluster] + random.normal(0, 1, len(cluster))
        values = np.stack([shared + 0.3 + liking, shared], axis=1)
        (found,) = compare(values, [(0, 1)], [str(c) for c in cluster])
        hits += found.low <= 0.3 <= found.high
    low, high = coverage_bounds(trials)
    assert low <= hits / trials <= high


@pytest.mark.slow
@pytest.mark.parametrize("count", [6, 12])
@pytest.mark.parametrize("shape", ["normal", "t3", "exponential", "whole"])
def test_families_of_tests_err_in_five_percent(shape, count):
    """Equal systems, in 15 columns or in all 210 pairs of 21: something significant in 5 %."""
    random = np.random.default_rng(count)
    cluster = np.repeat(np.arange(count), 2)
    columns, every = [(2 * n, 2 * n + 1) for n in range(15)], list(combinations(range(21), 2))
    errors, trials = np.zeros(2), 300
    for _ in range(trials):
        for place, (pairs, width) in enumerate([(columns, 30), (every, 21)]):
            values = speakers(shape, (count, width), random)[cluster]
            if shape != "whole":
                values = values + random.normal(0, 0.5, (len(cluster), width))
            p = np.array([one.p for one in compare(values, pairs, [str(c) for c in cluster])])
            errors[place] += (holm(p) < 0.05).any()
    assert (errors / trials <= error_bound(trials)).all()


@pytest.mark.slow
@pytest.mark.parametrize(("count", "one", "family"), [(6, 0.11, 0.34), (30, 0.07, 0.21)])
def test_strongly_skewed_differences_are_what_the_test_does_not_stand(count, one, family):
    """Exponential differences around a mean of 0, in 15 independent columns: as the docs say."""
    random = np.random.default_rng(count)
    cluster = np.repeat(np.arange(count), 2)
    pairs, trials = [(2 * n, 2 * n + 1) for n in range(15)], 500
    single = some = 0
    for _ in range(trials):
        values = np.zeros((2 * count, 30))
        values[:, ::2] = speakers("exponential", (count, 15), random)[cluster]
        values[:, ::2] += random.normal(0, 0.1, (2 * count, 15))
        p = np.array([found.p for found in compare(values, pairs, [str(c) for c in cluster])])
        single += (p < 0.05).sum()
        some += (holm(p) < 0.05).any()
    for share, tries, said in ((single, 15 * trials, one), (some, trials, family)):
        assert share / tries == pytest.approx(said, abs=3 * (said * (1 - said) / tries) ** 0.5)


def test_gaps_are_refused():
    with pytest.raises(ValueError, match="needs a value of every condition"):
        compare(np.array([[1.0, np.nan]]), [(0, 1)], ["a"])
