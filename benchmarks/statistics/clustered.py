"""Standard errors of anything that is a sum over votes, where votes of one listener or clip agree.

A statistic deviates from its true value by the sum of what each vote adds (its effect: for a mean
of n votes, (vote - mean) / n). Effects of one cluster are summed first:

    one way     V = G / (G - 1) sum over G clusters of (sum of effects)^2, with G - 1 degrees. Of a
                mean of clusters' means this is s^2 / G, Student's.
    two ways    V = V(first) + V(second) - V(both), never below the larger of the first two; degrees
                by Satterthwaite. Listeners and clips then both stand for others like them, in any
                design, complete or not (Cameron, Gelbach and Miller, Journal of Business & Economic
                Statistics 29, 2011).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .gaps import Array
from .intervals import FEWEST, Interval, student_interval

Clusters = NDArray[np.intp]


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
    where none is left.

    Args:
        effects: of n votes on each statistic [n, k].
        clusterings: none (each vote is one of its own), one or two; cluster of each vote [n].
    """
    ways = [np.unique(way, return_inverse=True)[1] for way in clusterings]
    ways = [way for way in ways if way.size and way.max() + 1 >= FEWEST]
    if clusterings and not ways or not clusterings and len(effects) < FEWEST:
        nothing = np.full(effects.shape[1], np.nan)
        return nothing, nothing
    variances = [_variance(effects, way) for way in ways or [np.arange(len(effects))]]
    degrees = [np.full(effects.shape[1], way.max() * 1.0) for way in ways] or [
        np.full(effects.shape[1], len(effects) - 1.0)
    ]
    if len(ways) < 2:
        return np.sqrt(variances[0]), degrees[0]
    both = np.unique(ways[0] * (ways[1].max() + 1) + ways[1], return_inverse=True)[1]
    first, second = variances
    total = np.maximum(first + second - _variance(effects, both), np.maximum(first, second))
    parts = first**2 / degrees[0] + second**2 / degrees[1]
    known = parts > 0
    satterthwaite = np.divide(
        (first + second) ** 2, parts, out=np.full(len(parts), np.nan), where=known
    )
    return np.sqrt(total), satterthwaite


def _variance(effects: Array, cluster: Clusters) -> Array:
    count = int(cluster.max()) + 1
    sums = [np.bincount(cluster, column, minlength=count) for column in effects.T]
    squares = np.array([float(np.square(s).sum()) for s in sums])
    return squares * count / max(count - 1, 1)
