"""The signed-rank test: textbook numbers, scipy's, and all patterns of signs."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.holm import holm
from nscbench.benchmarks.statistics.sign_flip import SignFlips
from nscbench.benchmarks.statistics.signed_rank import (
    null_distribution,
    rank_biserial,
    rank_sums,
    signed_rank,
)

# Hollander and Wolfe, Nonparametric Statistical Methods, example 3.1: the Hamilton depression
# scale before and after tranquilizer; also the example of R's wilcox.test.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def singles(n):
    return [str(i) for i in range(n)]


def enumerated(differences: np.ndarray) -> float:
    """P that |W+ - W-| is as large, over all patterns of signs of the mean ranks."""
    ranks = stats.rankdata(np.abs(differences[differences != 0]))
    observed = abs(ranks @ np.sign(differences[differences != 0]))
    patterns = np.array(list(product((-1, 1), repeat=len(ranks))))
    return float(np.mean(np.abs(patterns @ ranks) >= observed - 1e-9))


def test_the_depression_data():
    assert rank_sums(BEFORE - AFTER) == (40, 5)
    assert signed_rank(BEFORE - AFTER) == pytest.approx(0.03906, abs=5e-6)


@pytest.mark.parametrize("seed", range(8))
def test_ties_and_zeros_have_the_exact_distribution_of_their_ranks(seed):
    random = np.random.default_rng(seed)
    differences = random.integers(-2, 5, 5 + seed).astype(float)
    assert signed_rank(differences) == pytest.approx(enumerated(differences), abs=1e-12)


def test_five_equal_differences_are_no_significant_ones():
    """Two of 32 patterns are as extreme; the normal approximation for ties says 0.025."""
    assert signed_rank(np.full(5, 3.0)) == 2 / 32


def test_the_null_distribution_counts_the_sign_patterns():
    # 3 differences: W+ = 0, 1, 2, 3 (1+2 or 3), 4, 5, 6
    chances = null_distribution([1, 2, 3])
    assert np.allclose(chances[::2] * 8, [1, 1, 1, 2, 1, 1, 1])
    assert not chances[1::2].any()
    sums = [sum(signs) for signs in product((-1, 1), (-2, 2), (-2, 2), (-5, 5))]
    expected = [sums.count(total) / 16 for total in range(-10, 11)]
    assert null_distribution([1, 2, 2, 5]).tolist() == expected


@pytest.mark.parametrize("n", [6, 12, 25, 50])
def test_signed_rank_is_scipys_exact_test_on_independent_items(n):
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    expected = stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank(differences, singles(n)) == pytest.approx(expected, rel=1e-12)


def test_signed_rank_is_scipys_approximation_for_many_items_with_ties_and_zeros():
    differences = np.round(np.random.default_rng(5).normal(0.1, 1, 200), 1)
    assert (differences == 0).any()
    expected = stats.wilcoxon(differences, method="approx").pvalue
    assert signed_rank(differences, singles(200)) == pytest.approx(expected, rel=1e-12)


def test_signed_rank_of_two_hand_computed_clusters():
    """Ranks 1 2 3 4, clusters {1, 2} and {-3, 4}: sums 3 and 1; |+-3 +-1| >= 4 in 2 of 4 signs."""
    assert signed_rank(np.array([1.0, 2.0, -3.0, 4.0]), ["a", "a", "b", "b"]) == 0.5


def test_signed_rank_keeps_its_level_on_speakers_who_agree():
    """10 speakers with 10 items each and no effect: the plain test rejects far too often."""
    random = np.random.default_rng(9)
    clusters = np.repeat(singles(10), 10)
    samples = np.repeat(random.normal(size=(400, 10)), 10, axis=1)
    samples = samples + random.normal(0, 0.3, samples.shape)
    clustered = np.mean([signed_rank(sample, clusters) < 0.05 for sample in samples])
    plain = np.mean([signed_rank(sample, singles(100)) < 0.05 for sample in samples])
    assert 0.02 <= clustered <= 0.07
    assert plain > 0.3


def test_large_rank_sums_are_scaled_without_harm():
    """10 clusters of 300 items: all signs can be enumerated."""
    differences = np.random.default_rng(3).normal(0.05, 1, 300)
    clusters = np.arange(300) % 10
    sums = np.bincount(clusters, np.sign(differences) * stats.rankdata(np.abs(differences)))
    signs = 1 - 2 * ((np.arange(1024)[:, None] >> np.arange(10)) & 1)
    expected = np.mean(np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9)
    assert signed_rank(differences, clusters) == pytest.approx(expected, rel=0.02)


def test_every_difference_is_a_cluster_of_its_own_by_default():
    differences = np.random.default_rng(6).normal(0.3, 1, 60)
    assert signed_rank(differences) == signed_rank(differences, singles(60))


def test_equal_conditions_are_not_told_apart():
    assert signed_rank(np.zeros(5), singles(5)) == 1.0
    assert signed_rank(np.zeros(8)) == 1.0
    assert rank_sums(np.zeros(8)) == (0, 0)


def test_rank_biserial():
    # ranks 1, 2, 3 and 4; the second is negative: (1 - 2 + 3 + 4) / 10
    assert rank_biserial(np.array([1.0, -2.0, 3.0, 4.0])) == pytest.approx(0.6)
    assert rank_biserial(np.array([5.0, 5.0, 0.0])) == 1.0
    assert rank_biserial(np.zeros(4)) is None


@pytest.mark.slow
@pytest.mark.parametrize("better", [0, 1])
def test_holm_keeps_the_family_wise_error(better: int) -> None:
    """1,000 tests of four systems, of which none or one differs: false findings in at most 5 %."""
    generator = np.random.default_rng(7)
    pairs = list(combinations(range(4), 2))
    false = {"signed ranks": 0, "sign flips": 0}
    for _ in range(1000):
        listener = generator.normal(50, 10, (12, 1))
        scores = listener + generator.normal(0, 6, (12, 4))
        scores[:, 3] += 15 * better
        differences = [scores[:, a] - scores[:, b] for a, b in pairs]
        null = np.array([not (better and 3 in pair) for pair in pairs])
        for name, p_values in (
            ("signed ranks", [signed_rank(d) for d in differences]),
            ("sign flips", [SignFlips.of(d, generator).p() for d in differences]),
        ):
            false[name] += bool(np.any(holm(np.array(p_values))[null] <= 0.05))
    assert max(false.values()) <= 50
