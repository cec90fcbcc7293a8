"""Speakers who do not count the same: how uncertain is a mean to which one of them gives much?

A mean over items leans on those speakers who have many. The spread of whole speakers around such a
mean, which a cluster bootstrap draws, is too small then: whoever has half of the items pulls the
mean to its own, and deviates little from it. What is needed is how much speakers scatter at all,
and what share of the mean each one has:

    value = mean + speaker + item,    var(mean) = sum of share^2 var(speaker mean)

The spread of speakers comes from their own means, of whom each counts by its precision (Paule and
Mandel, Journal of Research of the National Bureau of Standards 87, 1982), that of items from within
speakers. Should those who have much deviate more than others, so that what speakers add to the mean
scatters more than this model says, that scatter is the error. The effective number of speakers is
that of as many equal ones: 1 / sum of share^2 (Kish, Survey Sampling, 1965, section 8.2).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .gaps import Array

_EQUAL = 1e-9  # shares of speakers that differ by less are the same
_HALVINGS = 60
HEAVY_SHARE = 0.25  # of a mean, above which one speaker carries it,
HEAVY_RATIO = 2.0  # if it is more than so many times that of one among equals


class Linear(NamedTuple):
    """What each item adds to the deviation of a statistic from its true value.

    Attributes:
        effects: of the items, each a deviation [n, ...].
        shares: that the items have of the statistic, above or equal 0, with the sum 1 [n, ...].
    """

    effects: Array
    shares: Array


class Balance(NamedTuple):
    """Who carries a mean: the speaker with the largest share, the share, and how many count."""

    speaker: str
    share: float
    speakers: int
    effective: float

    @property
    def heavy(self) -> bool:
        """Does one speaker carry the mean?"""
        return self.share > max(HEAVY_SHARE, HEAVY_RATIO / self.speakers) and self.speakers > 1

    def __str__(self) -> str:
        return (
            f"{self.speaker} has {self.share:.0%} of the weight: {self.speakers} speakers count "
            f"like {self.effective:.1f} equal ones"
        )


def balance(clusters: Sequence[str], weights: Array | None = None) -> Balance:
    """Who carries a mean of items [n] of these speakers and weights.

    Raises:
        ValueError: there are no items, or they have no weight.
    """
    each = np.ones(len(clusters)) if weights is None else weights
    names, cluster = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    totals = np.bincount(cluster, each, minlength=len(names))
    if not totals.sum() > 0:
        raise ValueError("no items that weigh anything; at least 1 is needed")
    shares = totals / totals.sum()
    largest = int(shares.argmax())
    effective = float(1 / (shares**2).sum())
    return Balance(str(names[largest]), float(shares[largest]), len(names), effective)


def alike(cluster: NDArray[np.intp], shares: Array) -> NDArray[np.bool_]:
    """Do all speakers have one share? [...] for shares of items [n, ...] and their speakers [n]."""
    totals = cluster_sums(cluster, shares)
    return np.asarray(np.ptp(totals, axis=0) <= _EQUAL * totals.max(axis=0))


def cluster_sums(cluster: NDArray[np.intp], values: Array) -> Array:
    """Sums of values [n, ...] over the items of each cluster: [k, ...]."""
    totals = np.zeros((int(cluster.max()) + 1, *values.shape[1:]))
    np.add.at(totals, cluster, values)
    return totals


def unequal_error(cluster: NDArray[np.intp], linear: Linear) -> Array:
    """Standard error [...] of statistics whose items [n, ...] have effects and shares.

    NaN below 2 speakers with a share.
    """
    added = cluster_sums(cluster, linear.shares * linear.effects)
    scatter = np.sqrt((added**2).sum(axis=0) * len(added) / (len(added) - 1))
    return np.asarray(np.maximum(model_error(cluster, linear), scatter))


def model_error(cluster: NDArray[np.intp], linear: Linear) -> Array:
    """The same, of the model of speakers and items alone."""
    shape = linear.effects.shape[1:]
    linear = Linear(*(part.reshape(len(part), -1) for part in linear))
    shares = cluster_sums(cluster, linear.shares)
    there = shares > 0
    count = there.sum(axis=0)
    safe = np.where(there, shares, 1.0)
    means = cluster_sums(cluster, linear.shares * linear.effects) / safe
    residual = linear.shares * (linear.effects - means[cluster]) ** 2
    freedom = (linear.shares > 0).sum(axis=0) - count
    noise = np.divide(
        residual.sum(axis=0), freedom, out=np.zeros(len(count)), where=freedom > 0
    )  # of an item with all of the weight
    within = np.where(there, noise / safe, 0.0)
    between = _between(means, within, there, count)
    variance = (shares**2 * (between + within)).sum(axis=0)
    return np.where(count > 1, np.sqrt(variance), np.nan).reshape(shape)


def _between(means: Array, within: Array, there: NDArray[np.bool_], count: Array) -> Array:
    """Variance of speakers [m] from their means [k, m], which items move by `within` [k, m].

    That with which the means, each by its precision, scatter as much as they should; 0 where they
    scatter less.
    """

    def excess(between: Array) -> Array:
        total = between + within
        precision = np.where(there, 1 / np.where(total > 0, total, 1.0), 0.0)
        centre = (precision * means).sum(axis=0) / precision.sum(axis=0)
        return np.asarray((precision * (means - centre) ** 2).sum(axis=0) - (count - 1))

    spread = np.where(there, means, np.nan)
    low = np.zeros(means.shape[1])
    high = np.nan_to_num(np.nanmax(spread, axis=0) - np.nanmin(spread, axis=0)) ** 2 * count
    none = (excess(high * 1e-12) <= 0) | (high == 0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = excess(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(none, 0.0, high)
