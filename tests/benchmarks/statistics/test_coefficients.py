"""Correlation coefficients: scipy's on every row, and rows that have none."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.coefficients import KINDS, coefficient


@pytest.mark.parametrize("kind", KINDS)
def test_coefficients_are_scipys(kind: str) -> None:
    generator = np.random.default_rng(2)
    x = generator.integers(0, 9, (3, 30)).astype(float)
    y = x + generator.integers(-4, 5, (3, 30))
    x[0, :5], y[1, 20:] = np.nan, np.nan
    function = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
    for row, found in enumerate(coefficient(kind, x, y)):
        known = np.isfinite(x[row]) & np.isfinite(y[row])
        assert found == pytest.approx(function[kind](x[row, known], y[row, known])[0])


@pytest.mark.parametrize("kind", KINDS)
def test_no_coefficient_without_variation_or_points(kind: str) -> None:
    varied = np.array([[1.0, 2.0, 4.0, np.nan]])
    assert np.isnan(coefficient(kind, np.full((1, 4), 0.1 + 0.2), varied)).all()
    assert np.isnan(coefficient(kind, varied, np.array([[1.0, 2.0, np.nan, 4.0]]))).all()


def test_kendall_of_many_points_is_that_of_few() -> None:
    generator = np.random.default_rng(3)
    x = generator.integers(0, 50, (2, 400)).astype(float)
    y = x + generator.integers(-20, 21, (2, 400))
    x[0, :9], x[1, 2:] = np.nan, np.nan
    found = coefficient("kendall", x, y)
    assert found[0] == pytest.approx(stats.kendalltau(x[0, 9:], y[0, 9:])[0])
    assert np.isnan(found[1])
