"""The mapping of P.1401: monotonic, the least-squares one, and the errors that are left."""

import numpy as np
import pytest
from scipy import optimize

from nscbench.benchmarks.statistics.mapping import deviation, fit_mapping

X = np.linspace(1.0, 4.5, 12)


def test_a_rising_cubic_is_found_again() -> None:
    t = (2 * X - 5.5) / 3.5
    y = 3 + 0.8 * t + 0.1 * t**2 + 0.3 * t**3
    mapping = fit_mapping(X, y, 3, rising=True)
    np.testing.assert_allclose(mapping(X), y, atol=1e-6)
    np.testing.assert_allclose(mapping.coefficients, [3, 0.8, 0.1, 0.3], atol=1e-3)
    assert mapping.freedom == 4


def test_the_first_order_is_least_squares() -> None:
    y = 2 * X + np.sin(7 * X)
    np.testing.assert_allclose(
        fit_mapping(X, y, 1, rising=True)(X), np.polyval(np.polyfit(X, y, 1), X), atol=1e-9
    )


def test_what_bends_back_is_fitted_by_the_best_cubic_that_does_not() -> None:
    y = np.where(X < 3.5, X, 5 - 0.6 * X) + 0.1 * np.cos(9 * X)
    mapping = fit_mapping(X, y, 3, rising=True)
    fine = mapping(np.linspace(1, 4.5, 500))
    assert (np.diff(fine) >= -1e-9).all()
    t = (2 * X - 5.5) / 3.5
    grid = np.linspace(-1, 1, 400)
    slopes = np.stack([0 * grid, 1 + 0 * grid, 2 * grid, 3 * grid**2], axis=1)
    powers = np.stack([t**k for k in range(4)], axis=1)
    best = optimize.minimize(
        lambda c: ((powers @ c - y) ** 2).sum(),
        [y.mean(), 0.1, 0, 0],
        constraints={"type": "ineq", "fun": lambda c: slopes @ c},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert ((mapping(X) - y) ** 2).sum() == pytest.approx(best.fun, rel=1e-3)


def test_lower_is_better_maps_falling() -> None:
    mapping = fit_mapping(X, 5 - X, 3, rising=False)
    np.testing.assert_allclose(mapping(X), 5 - X, atol=1e-6)
    assert fit_mapping(X, X, 3, rising=False).flat
    assert not mapping.flat


def test_beyond_the_fit_it_is_constant() -> None:
    mapping = fit_mapping(X, X, 1, rising=True)
    np.testing.assert_allclose(mapping(np.array([-9.0, 99.0])), [1.0, 4.5])


def test_errors_within_the_interval_do_not_count() -> None:
    values = np.arange(6.0)
    opinions = values + np.array([0.5, -0.5, 0.5, -0.5, 0.5, -0.5])
    mapping = fit_mapping(values, opinions, 1, rising=True)
    error = np.abs(mapping(values) - opinions)
    widths = np.array([9, 9, 9, 9, 0.1, np.nan])
    left = deviation(mapping, values, opinions, widths)
    assert left.points == 5
    assert left.rmse == pytest.approx(np.sqrt((error[:5] ** 2).sum() / (5 - 2)))
    assert left.rmse_star == pytest.approx((error[4] - 0.1) / np.sqrt(5 - 2))
    assert left.outlier_ratio == pytest.approx(1 / 5)


def test_too_little_gives_nothing() -> None:
    assert fit_mapping(np.ones(5), X[:5], 3, rising=True) is None
    assert fit_mapping(X[:1], X[:1], 1, rising=True) is None
    mapping = fit_mapping(X[:4], X[:4], 3, rising=True)
    assert deviation(mapping, X[:4], X[:4], np.ones(4)) is None
    with pytest.raises(ValueError, match="order 2"):
        fit_mapping(X, X, 2, rising=True)
