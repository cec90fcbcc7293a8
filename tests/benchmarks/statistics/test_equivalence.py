"""Equivalence against scipy's one-sided t tests."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.equivalence import equivalence


def test_equivalence_is_the_worse_of_two_one_sided_t_tests():
    differences = np.random.default_rng(5).normal(1, 3, 25)
    worse = max(
        stats.ttest_1samp(differences, -5, alternative="greater").pvalue,
        stats.ttest_1samp(differences, 5, alternative="less").pvalue,
    )
    assert equivalence(differences, 5) == pytest.approx(worse)
    assert equivalence(np.full(5, 2.0), 5) == 0.0
    assert equivalence(np.full(5, 7.0), 5) == 1.0
