"""Intervals: Student's, of anything with a standard error, and of quantiles of bootstrap draws.

Student's       estimate +- t x standard error. For means, medians and their differences, whether
                the standard error is a formula's or that of a bootstrap.
quantiles       of bootstrap draws. For what is bounded and skewed, as correlation coefficients
                are. Of few clusters they are too narrow, so the probability of their tails is
                widened to Phi(-sqrt(n / (n-1)) t) with Student's quantile t (Hesterberg, "What
                teachers should know about the bootstrap", The American Statistician 69, 2015,
                section 3.3). Even so they never leave the range of the clusters' own values, and of
                5 or fewer they cover too little: means have Student's.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .gaps import Array

LEVEL = 0.95
FEWEST = 3  # values for an interval or a test: two have one degree of freedom


@dataclass(frozen=True)
class Interval:
    """Closed interval [low, high]."""

    low: float
    high: float

    def within(self, least: float, most: float) -> "Interval":
        """What of it lies within [least, most], where all that it is of lies.

        It holds its quantity as often as before: nothing outside was possible.
        """
        low, high = (min(max(end, least), most) for end in (self.low, self.high))
        return Interval(low, high)


def student(probability: float, degrees: float) -> float:
    """Quantile of Student's distribution with these degrees of freedom."""
    return float(special.stdtrit(degrees, probability))


def student_interval(
    estimate: float, error: float, degrees: float, level: float = LEVEL
) -> Interval:
    """Interval of an estimate with a standard error of so many degrees of freedom."""
    half = student((1 + level) / 2, degrees) * error
    return Interval(float(estimate - half), float(estimate + half))


def t_interval(values: Array, level: float = LEVEL) -> Interval | None:
    """Student's interval of the mean of independent values [n]; None below `FEWEST`."""
    count = len(values)
    if count < FEWEST:
        return None
    half = student((1 + level) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count)
    return Interval(float(values.mean() - half), float(values.mean() + half))


def widened_tail(clusters: int, level: float = LEVEL) -> float:
    """Probability of each tail of a bootstrap distribution of `clusters` clusters."""
    quantile = student((1 - level) / 2, clusters - 1)
    return float(special.ndtr(np.sqrt(clusters / (clusters - 1)) * quantile))


def quantile_interval(draws: Array, tail: float) -> Interval | None:
    """The quantiles `tail` and 1 - `tail` of bootstrap draws; None where nothing was drawn."""
    drawn = draws[np.isfinite(draws)]
    if not drawn.size:
        return None
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high))
