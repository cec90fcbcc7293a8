"""Sign flips: counted patterns, and random ones near them."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.sign_flip import EXACT_DIFFERENCES, SIGN_DRAWS, sign_flip


def test_equal_conditions_are_no_evidence():
    assert sign_flip(np.zeros(8), np.random.default_rng(0)) == 1.0


def test_sign_flips_are_counted_exactly():
    # all five differences positive: only two of 32 patterns are as extreme
    p = sign_flip(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.random.default_rng(0))
    assert p == 2 / 32
    differences = np.random.default_rng(1).normal(0.4, 1, 10)
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    found = sign_flip(differences, np.random.default_rng(0))
    assert found == pytest.approx(exact.pvalue, abs=1e-12)


def test_random_sign_flips_are_near_the_exact_ones_and_never_zero():
    differences = np.random.default_rng(1).normal(0.5, 1, EXACT_DIFFERENCES + 1)
    bits = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences)) & 1
    sums = np.abs((1 - 2 * bits) @ differences)
    exact = np.mean(sums >= abs(differences.sum()) - 1e-9)
    assert sign_flip(differences, np.random.default_rng(0)) == pytest.approx(exact, abs=0.004)
    certain = sign_flip(np.full(40, 7.0), np.random.default_rng(0))
    assert certain == pytest.approx(1 / (1 + SIGN_DRAWS))
