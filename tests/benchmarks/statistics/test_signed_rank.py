"""Paired comparison: textbook numbers, closed forms, and errors on simulated listeners."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics import signed_rank

# Hollander and Wolfe, Nonparametric Statistical Methods, example 3.1: the Hamilton depression
# scale before and after tranquilizer; also the example of R's wilcox.test.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def test_wilcoxon_of_the_depression_data() -> None:
    w, p = signed_rank.wilcoxon(BEFORE - AFTER)
    assert w == 5  # W+ = 40 of 45
    assert p == pytest.approx(0.03906, abs=5e-6)


def test_hodges_lehmann_of_the_depression_data() -> None:
    assert signed_rank.hodges_lehmann(BEFORE - AFTER) == pytest.approx(0.46, abs=5e-3)
    interval = signed_rank.shift_interval(BEFORE - AFTER)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.010, 0.786), abs=1e-3)


def test_null_distribution_counts_the_sign_patterns() -> None:
    # 3 differences: W+ = 0, 1, 2, 3 (1+2 or 3), 4, 5, 6
    assert np.allclose(signed_rank.signed_rank_probabilities(3) * 8, [1, 1, 1, 2, 1, 1, 1])


def test_a_shift_interval_needs_six_listeners() -> None:
    five = np.arange(1.0, 6.0)
    assert signed_rank.shift_interval(five) is None  # its widest has 1 - 2/32 = 93.75 %
    assert signed_rank.shift_interval(np.arange(1.0, 7.0)) is not None
    assert signed_rank.shift_interval(np.array([])) is None


def test_rank_biserial() -> None:
    # ranks 1, 2, 3 and 4; the second is negative: (1 - 2 + 3 + 4) / 10
    assert signed_rank.rank_biserial(np.array([1.0, -2.0, 3.0, 4.0])) == pytest.approx(0.6)
    assert signed_rank.rank_biserial(np.array([5.0, 5.0, 0.0])) == 1.0
    assert signed_rank.rank_biserial(np.zeros(4)) is None


def test_equal_conditions_are_no_evidence() -> None:
    assert signed_rank.wilcoxon(np.zeros(8)) == (0.0, 1.0)
    assert signed_rank.sign_flip(np.zeros(8), np.random.default_rng(0)) == 1.0


def test_sign_flips_are_counted_exactly() -> None:
    # all five differences positive: only two of 32 patterns are as extreme
    p = signed_rank.sign_flip(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.random.default_rng(0))
    assert p == 2 / 32
    differences = np.random.default_rng(1).normal(0.4, 1, 10)
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    found = signed_rank.sign_flip(differences, np.random.default_rng(0))
    assert found == pytest.approx(exact.pvalue, abs=1e-12)


def test_random_sign_flips_are_near_the_exact_ones_and_never_zero() -> None:
    differences = np.random.default_rng(1).normal(0.5, 1, signed_rank.EXACT_LISTENERS + 1)
    bits = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences)) & 1
    sums = np.abs((1 - 2 * bits) @ differences)
    exact = np.mean(sums >= abs(differences.sum()) - 1e-9)
    assert signed_rank.sign_flip(differences, np.random.default_rng(0)) == pytest.approx(
        exact, abs=0.004
    )
    certain = signed_rank.sign_flip(np.full(40, 7.0), np.random.default_rng(0))
    assert certain == pytest.approx(1 / (1 + signed_rank.SIGN_DRAWS))


def test_holm_of_a_textbook_family() -> None:
    # p = 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, made monotone
    found = signed_rank.holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert np.allclose(found, [0.03, 0.06, 0.06, 0.02])
    assert np.allclose(signed_rank.holm(np.array([0.6, 0.9])), [1, 1])
    assert signed_rank.holm(np.array([])).size == 0


def test_equivalence_is_the_worse_of_two_one_sided_t_tests() -> None:
    differences = np.random.default_rng(5).normal(1, 3, 25)
    worse = max(
        stats.ttest_1samp(differences, -5, alternative="greater").pvalue,
        stats.ttest_1samp(differences, 5, alternative="less").pvalue,
    )
    assert signed_rank.equivalence(differences, 5) == pytest.approx(worse)
    assert signed_rank.equivalence(np.full(5, 2.0), 5) == 0.0
    assert signed_rank.equivalence(np.full(5, 7.0), 5) == 1.0


def test_shift_intervals_cover_the_truth() -> None:
    generator = np.random.default_rng(6)
    covered = []
    for _ in range(1000):
        interval = signed_rank.shift_interval(generator.normal(4, 11, 20))
        assert interval is not None
        covered.append(interval.low <= 4 <= interval.high)
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("better", [0, 1])
def test_holm_keeps_the_family_wise_error(better: int) -> None:
    """1,000 tests of four systems, of which none or one differs: false findings in at most 5 %."""
    generator = np.random.default_rng(7)
    pairs = list(combinations(range(4), 2))
    false = {"wilcoxon": 0, "sign flips": 0}
    for _ in range(1000):
        listener = generator.normal(50, 10, (12, 1))
        scores = listener + generator.normal(0, 6, (12, 4))
        scores[:, 3] += 15 * better
        differences = [scores[:, a] - scores[:, b] for a, b in pairs]
        null = np.array([not (better and 3 in pair) for pair in pairs])
        for name, p_values in (
            ("wilcoxon", [signed_rank.wilcoxon(d)[1] for d in differences]),
            ("sign flips", [signed_rank.sign_flip(d, generator) for d in differences]),
        ):
            false[name] += bool(np.any(signed_rank.holm(np.array(p_values))[null] <= 0.05))
    assert max(false.values()) <= 50
