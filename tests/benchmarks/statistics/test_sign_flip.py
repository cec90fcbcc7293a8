"""Sign flips: counted patterns, random ones near them, intervals and equivalence that agree."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.sign_flip import (
    EXACT_DIFFERENCES,
    SIGN_DRAWS,
    SignFlips,
    fewest_differences,
    smallest_p,
)
from support.designs import coverage_bounds, error_bound, speakers


def flips(differences, seed=0):
    return SignFlips.of(np.asarray(differences, float), np.random.default_rng(seed))


def test_equal_conditions_are_no_evidence():
    assert flips(np.zeros(8)).p() == 1.0


def test_sign_flips_are_counted_exactly():
    # all five differences positive: only two of 32 patterns are as extreme
    assert flips([1.0, 2.0, 3.0, 4.0, 5.0]).p() == 2 / 32
    differences = np.random.default_rng(1).normal(0.4, 1, 10)
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert flips(differences).p() == pytest.approx(exact.pvalue, abs=1e-12)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([0] * 9 + [1, 1, 1, 1, 1], 2 / 2**5),
        ([0] * 4 + [0.3, 0.1, 0.2], 2 / 2**3),
        ([1, -1, 2, -2, 3, 1, 1], 0.40625),
    ],
)
def test_zeros_and_ties_are_what_they_are(differences, p):
    """Zeros have no sign: so many patterns of the others are as extreme."""
    assert flips(differences).p() == p


def test_random_sign_flips_are_near_the_exact_ones_and_never_zero():
    differences = np.random.default_rng(1).normal(0.5, 1, EXACT_DIFFERENCES + 1)
    bits = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences)) & 1
    sums = np.abs((1 - 2 * bits) @ differences)
    exact = np.mean(sums >= abs(differences.sum()) - 1e-9)
    assert flips(differences).p() == pytest.approx(exact, abs=0.004)
    certain = flips(np.full(40, 7.0))
    assert certain.p() == pytest.approx(2 / (1 + SIGN_DRAWS))
    assert certain.p() == certain.smallest


@pytest.mark.parametrize("count", [6, 9, 14])
def test_the_interval_has_the_means_that_are_not_rejected(count):
    found = flips(np.random.default_rng(count).normal(1, 2, count))
    interval = found.interval()
    for inside, outside in ((interval.low, -1e-6), (interval.high, 1e-6)):
        assert found.p(inside + outside) <= 0.05 < found.p(inside - outside)


def test_few_differences_have_no_interval():
    assert flips([1.0, 2.0, 3.0, 4.0, 5.0]).interval() is None
    assert flips([5.0] * 6).interval() is not None
    assert fewest_differences(0.05) == 6
    assert fewest_differences(0.05 / 15) == 10


def test_no_number_of_differences_reaches_what_random_sets_cannot():
    """50 systems have 1225 pairs, 51 have 1275; Holm asks 0.05 over as many of the first."""
    assert smallest_p(6) == 2 / 2**6
    assert smallest_p(EXACT_DIFFERENCES) == 2 / 2**EXACT_DIFFERENCES
    assert smallest_p(40) == 2 / (1 + SIGN_DRAWS)
    assert fewest_differences(0.05 / 1225) == EXACT_DIFFERENCES + 1
    assert fewest_differences(0.05 / 1275) is None


def test_equivalence_needs_as_many_listeners_as_a_one_sided_test():
    """Three listeners at 100 for both systems are not evidence: 1 in 8 patterns of signs."""
    assert flips(np.zeros(3)).equivalence(5) == 1 / 8
    assert flips(np.zeros(5)).equivalence(5) == 1 / 32
    assert flips(np.full(8, 7.0)).equivalence(5) == 1.0


def test_equivalence_is_near_that_of_two_one_sided_t_tests():
    differences = np.random.default_rng(5).normal(1, 6, 25)
    worse = max(
        stats.ttest_1samp(differences, -5, alternative="greater").pvalue,
        stats.ttest_1samp(differences, 5, alternative="less").pvalue,
    )
    assert flips(differences).equivalence(5) == pytest.approx(worse, rel=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 13, 20])
def test_intervals_cover_and_tests_err_as_they_say(count):
    random = np.random.default_rng(count)
    covered = wrong = 0
    trials = 1000 if count <= EXACT_DIFFERENCES else 300
    for trial in range(trials):
        found = flips(random.normal(3, 10, count), trial)
        interval = found.interval()
        covered += interval.low <= 3 <= interval.high
        wrong += found.p(3) <= 0.05
    low, high = coverage_bounds(trials, 0.95, 0.96)
    assert low <= covered / trials <= high
    assert wrong / trials <= error_bound(trials)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "said"), [(8, 0.09), (20, 0.08)])
def test_strongly_skewed_differences_are_what_it_does_not_stand(count, said):
    """Exponential differences around a true mean of 0: as the docs of listening tests say."""
    random = np.random.default_rng(count)
    covered = wrong = 0
    trials = 1000
    for trial in range(trials):
        found = flips(speakers("exponential", count, random), trial)
        interval = found.interval()
        covered += interval.low <= 0 <= interval.high
        wrong += found.p() <= 0.05
    scatter = 3 * (said * (1 - said) / trials) ** 0.5
    assert wrong / trials == pytest.approx(said, abs=scatter)
    assert 1 - covered / trials == pytest.approx(said, abs=scatter)
