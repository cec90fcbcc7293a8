"""The cluster bootstrap: how uncertain is a mean over items of which some are alike?

Items of one speaker are alike, and so are ratings of one listener: statistics that take each for
an independent one give intervals that are too narrow and p-values that are too small. The sampling
unit is the cluster: a speaker (or an item whose speaker is unknown), or a listener.

The interval is Student's for the number of clusters, with the standard error of draws of whole
clusters with replacement (Cameron, Gelbach & Miller, Review of Economics and Statistics 90, 2008).
Quantiles of the draws are too narrow for few clusters, as no draw leaves the range of the clusters'
own means: of 3 listeners they cover the mean in 77 % of all cases, Student's in 94 %. Where few
clusters have strongly skewed means (exponential ones, 15 or fewer), it holds the truth in 91 to
93 % of all cases rather than 95 %: see the simulations in the tests.

Where clusters do not count the same, the draws scatter too little, however many there are: a
cluster with half of the items leaves 85 % of the intervals around the truth. Then the standard
error is that of `unequal.unequal_error`.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .gaps import Array
from .intervals import LEVEL, student
from .unequal import Linear, alike, unequal_error

RESAMPLES = 2000
FEWEST_CLUSTERS = 6  # of unequal sizes, for an interval


class Resampling:
    """Draws of whole clusters, the same ones for everything that is measured on the same items.

    Args:
        clusters: of each item [n].
        seed: of the draws.
        resamples: B, how many.
        fewest: clusters, below which there is no standard error: `FEWEST_CLUSTERS` unless all
            clusters count the same.

    Raises:
        ValueError: there are no items.
    """

    def __init__(
        self,
        clusters: Sequence[str],
        seed: int = 0,
        resamples: int = RESAMPLES,
        fewest: int = FEWEST_CLUSTERS,
    ) -> None:
        if not len(clusters):
            raise ValueError("no items to draw from; at least 1 is needed")
        names, self.cluster = np.unique(np.asarray(clusters), return_inverse=True)
        self.clusters = len(names)
        self._fewest = fewest
        self._draws = _draws(self.clusters, seed, resamples)

    def sums(self, values: Array) -> Array:
        """Sums of values [n, ...] over the items of each draw: [B, ...]."""
        flat = values.reshape(len(values), -1)
        totals = np.zeros((self.clusters, flat.shape[1]))
        np.add.at(totals, self.cluster, flat)
        return (self._draws @ totals).reshape(-1, *values.shape[1:])

    def means(self, values: Array, weights: Array | None = None) -> Array:
        """Means of values [n, ...], of weights [n, ...], over the items of each draw: [B, ...]."""
        if weights is None:
            weights = np.ones_like(values)
        return self.sums(values * weights) / self.sums(weights)

    def medians(self, values: Array) -> Array:
        """Medians of values [n] over the items of each draw: [B]."""
        order = np.argsort(values, kind="stable")
        upto = self._draws[:, self.cluster[order]].cumsum(axis=1)  # items drawn, by rank
        drawn = upto[:, -1:]
        middle = [(upto > place).argmax(axis=1) for place in ((drawn - 1) // 2, drawn // 2)]
        return np.asarray(values[order][np.stack(middle)].mean(axis=0))

    def interval(
        self, estimate: Array, resampled: Array, linear: Linear | None = None
    ) -> tuple[Array, Array]:
        """Lower and upper 95 % bounds [...] of an estimate [...] that was resampled [B, ...].

        NaN where there are too few clusters, or where the statistic is NaN in a draw.

        Args:
            estimate: of all items.
            resampled: of the draws.
            linear: what the items add to it [n, ...]; without it, all clusters count the same.
        """
        quantile = student((1 + LEVEL) / 2, self.clusters - 1)
        reach = quantile * self.standard_error(resampled, linear)
        return np.asarray(estimate - reach), np.asarray(estimate + reach)

    def standard_error(self, resampled: Array, linear: Linear | None = None) -> Array:
        """Standard error [...] of a statistic that was resampled [B, ...].

        The bootstrap's own is too small by the root of (k - 1) / k for k clusters, and by more
        where clusters do not count the same, which `linear` tells (see `interval`).
        """
        if self.clusters < self._fewest:
            return np.full(resampled.shape[1:], np.nan)
        drawn = resampled.std(axis=0) * np.sqrt(self.clusters / (self.clusters - 1))
        if linear is None or (equal := alike(self.cluster, linear.shares)).all():
            return np.asarray(drawn)
        return np.asarray(np.where(equal, drawn, unequal_error(self.cluster, linear)))


@lru_cache(maxsize=4)
def _draws(clusters: int, seed: int, resamples: int) -> Array:
    """How often each cluster is in each draw [B, clusters]."""
    drawn = cluster_counts(clusters, resamples, np.random.default_rng(seed))
    return drawn.astype(np.float64)


def cluster_counts(
    clusters: int, resamples: int, generator: np.random.Generator
) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """How often each cluster is in each draw [B, clusters]: as many are drawn as there are."""
    return generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)


def cluster_bootstrap(
    values: Array, clusters: Sequence[str], seed: int = 0, weights: Array | None = None
) -> tuple[float, float, float]:
    """Mean of values [n], of weights [n], and its 95 % interval over whole clusters.

    Under 6 clusters the bounds are NaN.

    Raises:
        ValueError: no values, or not as many clusters as values.
    """
    if not len(values) or len(values) != len(clusters):
        raise ValueError(f"{len(values)} values in {len(clusters)} clusters; at least 1 is needed")
    resampling = Resampling(clusters, seed)
    mean = np.asarray(np.average(values, weights=weights))
    shares = np.ones(len(values)) if weights is None else weights
    linear = Linear(values - mean, shares / shares.sum())
    low, high = resampling.interval(mean, resampling.means(values, weights), linear)
    return float(mean), float(low), float(high)
