"""Objective values on the listeners' scale, and how far they are from it: ITU-T P.1401 (01/2020).

Before the errors of a metric can be said in points of a listening test, its values are mapped to
the test's scale by a polynomial that never falls where the metric says "better": of the first
order, or of the third. Then, of N points, each with an opinion, a mapped value and the half width
c of the opinion's 95 % interval:

    RMSE            root of (sum of squared errors) / (N - d)
    RMSE*           the same, of what an error has beyond c (section 7.5.2)
    outlier ratio   share of points whose error is beyond c (section 7.5.3)

d is what the mapping was free to choose: 2 of the first order, 4 of the third. It is fitted to the
very points that it is judged on, so with few of them the errors are too small all the same.

The fit of a third order that is monotonic on the values' range is the least-squares one over all
such cubics: a quadratic that is nowhere negative on [-1, 1] is a sum of (t - s)^2 with s in
[-1, 1], and of 1 - t^2 (Lukacs), so that the cubic is one of their integrals with weights that are
not negative; s is taken from a grid of 0.02.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from .gaps import Array

ORDERS = (1, 3)
_CENTRES = np.linspace(-1, 1, 101)


@dataclass(frozen=True)
class Mapping:
    """A monotonic polynomial of t = (2 x - low - high) / (high - low), constant beyond [-1, 1].

    Attributes:
        order: 1 or 3.
        low, high: the least and the largest value that it was fitted to.
        coefficients: of t to the power of 0, 1, 2, 3.
    """

    order: int
    low: float
    high: float
    coefficients: tuple[float, float, float, float]

    def __call__(self, values: Array) -> Array:
        """The opinions [n] that values [n] stand for."""
        t = np.clip((2 * values - self.low - self.high) / (self.high - self.low), -1, 1)
        return np.asarray(np.polynomial.polynomial.polyval(t, self.coefficients))

    @property
    def freedom(self) -> int:
        """d, what was fitted."""
        return self.order + 1

    @property
    def flat(self) -> bool:
        """Do the values say the reverse of the opinions, so that the best mapping is a mean?"""
        return not any(abs(c) > 1e-9 for c in self.coefficients[1:])


@dataclass(frozen=True)
class Deviation:
    """How far mapped values are from opinions.

    Attributes:
        points: N, those with a half width for RMSE* and outliers.
        rmse, rmse_star: in points of the listeners' scale.
        outlier_ratio: from 0 to 1.
    """

    points: int
    rmse: float
    rmse_star: float
    outlier_ratio: float


def fit_mapping(values: Array, opinions: Array, order: int, rising: bool) -> Mapping | None:
    """The monotonic polynomial nearest to opinions [n]; None where values [n] do not vary.

    Args:
        values: of a metric, without NaN.
        opinions: means of a listening test, without NaN.
        order: one of `ORDERS`.
        rising: do larger values say "better"?

    Raises:
        ValueError: another order.
    """
    if order not in ORDERS:
        raise ValueError(f"a mapping of order {order}; there are {ORDERS}")
    if len(values) < 2 or not (low := float(values.min())) < (high := float(values.max())):
        return None
    sign = 1 if rising else -1
    rays = _rays(order)
    t = sign * (2 * values - low - high) / (high - low)
    columns = np.polynomial.polynomial.polyval(t, rays.T).T  # [n, rays]
    centre = columns.mean(axis=0)
    # the rays span a space of `order` dimensions: least squares there is small and well-conditioned
    basis, _ = np.linalg.qr(_powers(t, order) - _powers(t, order).mean(axis=0))
    weights, _ = optimize.nnls(basis.T @ (columns - centre), basis.T @ (opinions - opinions.mean()))
    polynomial = weights @ rays
    polynomial[0] += opinions.mean() - weights @ centre
    signed = polynomial * np.array([1, sign, 1, sign])
    a, b, c, d = (float(value) for value in signed)
    return Mapping(order, low, high, (a, b, c, d))


def deviation(
    mapping: Mapping, values: Array, opinions: Array, half_widths: Array
) -> Deviation | None:
    """Errors of mapped values [n]; None where N is not above d.

    Args:
        mapping: fitted to these points.
        values: of a metric, without NaN.
        opinions: of the same points, without NaN.
        half_widths: of the opinions' 95 % intervals; NaN where a point has only one vote, which
            leaves it out.
    """
    known = np.isfinite(half_widths)
    count = int(known.sum())
    if count <= mapping.freedom:
        return None
    error = np.abs(mapping(values[known]) - opinions[known])
    beyond = np.maximum(0.0, error - half_widths[known])
    over = count - mapping.freedom
    return Deviation(
        points=count,
        rmse=float(np.sqrt((error**2).sum() / over)),
        rmse_star=float(np.sqrt((beyond**2).sum() / over)),
        outlier_ratio=float((beyond > 0).mean()),
    )


def _powers(t: Array, order: int) -> Array:
    """[n, order]: t to the power of 1, 2, ... order."""
    return np.asarray(t[:, None] ** np.arange(1, order + 1))


def _rays(order: int) -> Array:
    """Coefficients [rays, 4] of the rising polynomials that all others are sums of."""
    if order == 1:
        return np.array([[0.0, 1.0, 0.0, 0.0]])
    zeros = np.zeros_like(_CENTRES)
    squares = np.stack([zeros, _CENTRES**2, -_CENTRES, np.full_like(_CENTRES, 1 / 3)], axis=1)
    return np.vstack([squares, [0.0, 1.0, 0.0, -1 / 3]])
