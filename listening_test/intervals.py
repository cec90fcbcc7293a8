"""Intervals of a mean and a median over listeners: Student's t and the cluster bootstrap.

The listener is the unit: a listener's ratings are averaged over items before any spread is taken,
for ratings of one listener are not independent (pooled intervals are up to 2.4 times too narrow).

The bootstrap resamples listeners, with all their ratings; on request items as well, independently
(both factors at once: Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007).
A percentile interval of few clusters is too narrow, so its tail probability is widened to
Phi(-sqrt(n / (n-1)) t) where t is Student's quantile (Hesterberg, "What teachers should know about
the bootstrap", The American Statistician 69, 2015, section 3.3): with 20 listeners this
covers 95 % where the plain interval covers 93 %.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ratings import Array, mean_of_rated

LEVEL = 0.95
FEWEST = 3  # listeners for an interval or a test: two have one degree of freedom
DRAWS = 10_000


@dataclass(frozen=True)
class Interval:
    """Closed interval [low, high]."""

    low: float
    high: float


def t_interval(values: Array, level: float = LEVEL) -> Interval | None:
    """Student's t interval of the mean of values [n]; None below `FEWEST`."""
    from scipy import stats

    count = len(values)
    if count < FEWEST:
        return None
    half = stats.t.ppf((1 + level) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count)
    return Interval(float(values.mean() - half), float(values.mean() + half))


def widened_tail(clusters: int, level: float = LEVEL) -> float:
    """Probability of each tail of a bootstrap distribution of `clusters` clusters."""
    from scipy import stats

    quantile = stats.t.ppf((1 - level) / 2, clusters - 1)
    return float(stats.norm.cdf(np.sqrt(clusters / (clusters - 1)) * quantile))


def percentile_interval(draws: Array, tail: float) -> Interval | None:
    """The quantiles `tail` and 1 - `tail` of bootstrap draws; None where nothing was drawn."""
    drawn = draws[np.isfinite(draws)]
    if not drawn.size:
        return None
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high))


def resample_listeners(
    means: Array, generator: np.random.Generator, draws: int = DRAWS
) -> tuple[Array, Array]:
    """Bootstrap draws [draws] of the mean and the median of listener means [listeners]."""
    picked = means[generator.integers(0, len(means), (draws, len(means)))]
    return picked.mean(axis=1), np.median(picked, axis=1)


def resample_listeners_and_items(
    scores: Array, generator: np.random.Generator, draws: int = DRAWS
) -> tuple[Array, Array]:
    """The same of scores [listeners, items] with NaN gaps, resampling listeners and items.

    A drawn listener who rated none of the drawn items is left out of that draw.
    """
    listeners, items = scores.shape
    rated = np.isfinite(scores)
    known = np.where(rated, scores, 0.0)
    means, medians = np.empty(draws), np.empty(draws)
    chunk = max(1, 4_000_000 // (listeners * max(listeners, items)))
    for start in range(0, draws, chunk):
        size = min(chunk, draws - start)
        weights = generator.multinomial(items, np.full(items, 1 / items), size).astype(float)
        count = weights @ rated.T
        own = np.divide(weights @ known.T, count, out=np.full(count.shape, np.nan), where=count > 0)
        picked = np.take_along_axis(
            own, generator.integers(0, listeners, (size, listeners)), axis=1
        )
        means[start : start + size] = mean_of_rated(picked, axis=1)
        medians[start : start + size] = _median_of_rated(picked)
    return means, medians


def _median_of_rated(values: Array) -> Array:
    """Median of each row over what is not NaN; NaN for a row that is all NaN."""
    ordered = np.sort(values, axis=1)  # NaN last
    count: NDArray[np.intp] = np.isfinite(values).sum(axis=1)
    last = np.maximum(count - 1, 0)
    middle = np.stack([last // 2, (last + 1) // 2], axis=1)
    return np.asarray(np.take_along_axis(ordered, middle, axis=1).mean(axis=1))
