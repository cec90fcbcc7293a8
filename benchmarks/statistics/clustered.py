"""Standard errors of anything that is a sum over votes, where votes of one listener or clip agree.

A statistic deviates from its true value by the sum of what each vote adds (its effect: for a mean
of n votes, (vote - mean) / n). Effects of one cluster are summed first:

    one way     V = G / (G - 1) sum over G clusters of (sum of effects)^2, with G - 1 degrees. Of a
                mean of clusters' means this is s^2 / G, Student's.
    two ways    V = V(first) + V(second) - V(noise), never below the larger of the first two, with
                degrees by Satterthwaite. Listeners and clips then both stand for others like them,
                in any design, complete or not (Cameron, Gelbach and Miller, Journal of Business &
                Economic Statistics 29, 2011). They subtract what votes of the same listener and
                clip add, which holds the effects of both and leaves too little of few clusters:
                here it is what is left of it when both effects are taken out, so that V is that of
                the analysis of variance in a complete design.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .gaps import Array
from .intervals import FEWEST, Interval, student_interval

Clusters = NDArray[np.intp]

_ROUNDING = 1e-9  # far below what one vote adds to the mean of all that anybody collects
_SWEEPS = 5  # that take out the effects of both ways; one does in a complete design


class Estimate(NamedTuple):
    """A number with its standard error and degrees of freedom; NaN where there is no spread."""

    value: float
    error: float
    degrees: float

    @property
    def interval(self) -> Interval | None:
        """95 % interval; None without a spread to take it from."""
        if not self.error > 0:
            return None
        return student_interval(self.value, self.error, self.degrees)

    def p(self, true: float = 0.0) -> float | None:
        """Two-sided p-value of a true value; None without a spread."""
        if not self.error > 0:
            return None
        return 2 * _tail(self, abs(self.value - true))

    def equivalence(self, margin: float) -> float | None:
        """P-value of the hypothesis that the true value is at least `margin` in size.

        Two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
        """
        return _tail(self, margin - abs(self.value)) if self.error > 0 else None


def _tail(estimate: Estimate, distance: float) -> float:
    return float(special.stdtr(estimate.degrees, -distance / estimate.error))


def clustered_error(effects: Array, clusterings: Sequence[Clusters]) -> tuple[Array, Array]:
    """Standard errors [k] and degrees of freedom [k] of k statistics.

    A clustering of fewer than 3 clusters is left out: what varies so little is taken as it is. NaN
    where none is left. 0, and no rounding of it, where nothing varies: equal votes would be certain
    of anything.

    Args:
        effects: of n votes on each statistic [n, k], in units in which votes differ by about 1.
        clusterings: none (each vote is one of its own), one or two; cluster of each vote [n].
    """
    ways = [np.unique(way, return_inverse=True)[1] for way in clusterings]
    ways = [way for way in ways if way.size and way.max() + 1 >= FEWEST]
    alone = not clusterings and len(effects) < FEWEST
    if alone or (clusterings and not ways):
        nothing = np.full(effects.shape[1], np.nan)
        return nothing, nothing
    variances = [_variance(effects, way) for way in ways or [np.arange(len(effects))]]
    degrees = [np.full(effects.shape[1], way.max() * 1.0) for way in ways] or [
        np.full(effects.shape[1], len(effects) - 1.0)
    ]
    if len(ways) < 2:
        return _error(variances[0]), degrees[0]
    first, second = variances
    noise, of_noise = _noise(effects, *ways)
    total = np.maximum(first + second - noise, np.maximum(first, second))
    parts = first**2 / degrees[0] + second**2 / degrees[1] + noise**2 / of_noise
    satterthwaite = np.divide(total**2, parts, out=np.full(len(parts), np.nan), where=parts > 0)
    return _error(total), satterthwaite


def _error(variance: Array) -> Array:
    error = np.sqrt(variance)
    return np.where(error < _ROUNDING, 0.0, error)


def _variance(effects: Array, cluster: Clusters) -> Array:
    count = int(cluster.max()) + 1
    sums = [np.bincount(cluster, column, minlength=count) for column in effects.T]
    squares = np.array([float(np.square(s).sum()) for s in sums])
    return squares * count / max(count - 1, 1)


def _noise(effects: Array, first: Clusters, second: Clusters) -> tuple[Array, int]:
    """What cells of one cluster each way add to the variance, beside the effects of both."""
    cells, cell = np.unique(first * (second.max() + 1) + second, return_inverse=True)
    sums = np.stack([np.bincount(cell, column) for column in effects.T], axis=1)
    left: Array = sums.astype(np.float64)
    ways = [np.unique(way, return_inverse=True)[1] for way in np.divmod(cells, second.max() + 1)]
    for _ in range(_SWEEPS):
        for way in ways:
            count = np.bincount(way)
            means = np.stack([np.bincount(way, c) / count for c in left.T], axis=1)
            left = left - means[way]
    degrees = len(cells) - sum(int(way.max()) + 1 for way in ways) + 1
    whole = np.square(sums).sum(axis=0)
    if degrees < 1:
        return np.asarray(whole), len(cells)
    own = np.square(left).sum(axis=0) * len(cells) / degrees
    return np.asarray(np.minimum(whole, own)), degrees
