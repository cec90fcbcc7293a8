"""Means over listeners and items that both stand for others: the crossed random-effects model.

    score = mean + listener + item + noise

The variance components are estimated from squared differences between ratings that share the
listener, the item, or neither; this is unbiased in incomplete designs too. They give the standard
error of the mean of listener means, and Satterthwaite's degrees of freedom. The spread of a median
is that of a bootstrap that resamples listeners and items independently (the pigeonhole bootstrap:
Owen, Annals of Applied Statistics 1, 2007); its draws count the noise three times and few items too
little, so they are scaled by what makes their means have the model's standard error.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .bootstrap import cluster_counts
from .gaps import Array, mean_of_known, median_of_known
from .intervals import FEWEST, Interval, student_interval

DRAWS = 10_000

_CELLS_AT_ONCE = 4_000_000


def crossed_intervals(
    scores: Array, generator: np.random.Generator, draws: int = DRAWS
) -> tuple[Interval | None, Interval | None]:
    """95 % intervals of the mean and of the median of listener means, for other items like these.

    None below 3 listeners or items, or where the ratings do not tell listeners, items and noise
    apart.

    Args:
        scores: of one condition [listeners, items] with NaN gaps; every listener rated an item.
        generator: of the bootstrap.
        draws: of the bootstrap.
    """
    scores = scores[:, np.isfinite(scores).any(axis=0)]
    crossed = crossed_error(scores) if min(scores.shape) >= FEWEST else None
    if crossed is None:
        return None, None
    error, degrees = crossed
    listener_means = mean_of_known(scores, axis=1)
    means, medians = resample_listeners_and_items(scores, generator, draws)
    spread = float(np.nanstd(means))
    scale = error / spread if spread > 0 else 1.0
    error_of_median = scale * float(np.nanstd(medians))
    return (
        student_interval(float(listener_means.mean()), error, degrees),
        student_interval(float(np.median(listener_means)), error_of_median, degrees),
    )


@dataclass(frozen=True)
class CrossedMean:
    """A mean of listener means, for other listeners and other items like these.

    Attributes:
        mean: the estimate.
        error: its standard error.
        degrees: of freedom.
        fewest: listeners or items, whichever are fewer.
    """

    mean: float
    error: float
    degrees: float
    fewest: int

    @classmethod
    def of(cls, scores: Array) -> "CrossedMean | None":
        """Of scores [listeners, items] with NaN gaps; None as for `crossed_intervals`."""
        scores = scores[np.isfinite(scores).any(axis=1)]
        scores = scores[:, np.isfinite(scores).any(axis=0)]
        crossed = crossed_error(scores) if min(scores.shape) >= FEWEST else None
        if crossed is None:
            return None
        return cls(float(mean_of_known(scores, axis=1).mean()), *crossed, min(scores.shape))

    @property
    def interval(self) -> Interval:
        """95 % interval."""
        return student_interval(self.mean, self.error, self.degrees)

    def p(self) -> float:
        """Two-sided p-value of a mean of 0."""
        return min(1.0, 2 * self._above(abs(self.mean)))

    def equivalence(self, margin: float) -> float:
        """P-value of the hypothesis that the mean is at least `margin` in size."""
        return self._above(margin - abs(self.mean))

    def _above(self, distance: float) -> float:
        """One-sided p-value of a mean that lies this far on the right side.

        Without any spread, that of as many equal signs as there are listeners or items.
        """
        if self.error == 0:
            return 0.5**self.fewest if distance > 0 else 1.0
        return float(special.stdtr(self.degrees, -distance / self.error))


def resample_listeners_and_items(
    scores: Array, generator: np.random.Generator, draws: int = DRAWS
) -> tuple[Array, Array]:
    """Draws [B] of the mean and of the median of listener means, listeners and items resampled.

    A drawn listener who rated none of the drawn items is left out of that draw.

    Args:
        scores: [listeners, items] with NaN gaps.
        generator: of the draws.
        draws: B, how many.
    """
    listeners, items = scores.shape
    rated = np.isfinite(scores)
    known = np.where(rated, scores, 0.0)
    means, medians = np.empty(draws), np.empty(draws)
    chunk = max(1, _CELLS_AT_ONCE // (listeners * max(listeners, items)))
    for start in range(0, draws, chunk):
        size = min(chunk, draws - start)
        weights = cluster_counts(items, size, generator).astype(np.float64)
        count = weights @ rated.T
        own = np.divide(weights @ known.T, count, out=np.full(count.shape, np.nan), where=count > 0)
        picked = np.take_along_axis(
            own, generator.integers(0, listeners, (size, listeners)), axis=1
        )
        means[start : start + size] = mean_of_known(picked, axis=1)
        medians[start : start + size] = median_of_known(picked)
    return means, medians


def crossed_error(scores: Array) -> tuple[float, float] | None:
    """Standard error and degrees of freedom of the mean of listener means [listeners, items].

    None where the ratings do not tell listeners, items and noise apart.
    """
    rated = np.isfinite(scores)
    listeners, items = scores.shape
    kinds = [_squared_differences(scores, axis) for axis in (1, 0, None)]
    (own, own_pairs), (item, item_pairs), (whole, whole_pairs) = kinds
    apart_pairs = whole_pairs - own_pairs - item_pairs
    if min(own_pairs, item_pairs, apart_pairs) <= 0:
        return None
    apart = (whole - own - item) / apart_pairs
    within_listener, within_item = own / own_pairs, item / item_pairs
    weights = rated / (listeners * rated.sum(axis=1, keepdims=True))
    of_listeners = max(apart - within_listener, 0.0) * float((weights.sum(axis=1) ** 2).sum())
    of_items = max(apart - within_item, 0.0) * float((weights.sum(axis=0) ** 2).sum())
    of_noise = max(within_listener + within_item - apart, 0.0) * float((weights**2).sum())
    variance = of_listeners + of_items + of_noise
    if variance == 0:
        return 0.0, float(min(listeners, items) - 1)
    loss = (
        (of_listeners + of_noise) ** 2 / (listeners - 1)
        + (of_items + of_noise) ** 2 / (items - 1)
        + of_noise**2 / ((listeners - 1) * (items - 1))
    )
    return float(np.sqrt(variance)), variance**2 / loss


def _squared_differences(scores: Array, axis: int | None) -> tuple[float, float]:
    """Sum of squared differences over all ordered pairs along an axis, halved; and their number."""
    rated = np.isfinite(scores)
    known = np.where(rated, scores, 0.0)
    count = rated.sum(axis=axis)
    squares = count * (known**2).sum(axis=axis) - known.sum(axis=axis) ** 2
    return float(np.sum(squares)), float(np.sum(count * (count - 1)))
