"""By how much do paired values differ? The shift of the signed-rank test, and its interval.

Hodges and Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics
34, 1963. The Walsh averages are the means of all pairs of differences, each with itself too.
"""

import numpy as np

from .gaps import Array
from .intervals import LEVEL, Interval
from .signed_rank import null_distribution


def walsh_averages(differences: Array) -> Array:
    """Sorted means of all pairs of differences [n]: [n (n+1) / 2]."""
    rows, columns = np.triu_indices(len(differences))
    return np.sort((differences[rows] + differences[columns]) / 2)


def hodges_lehmann(differences: Array) -> float:
    """The shift of differences [n], in their unit: the median of the Walsh averages."""
    return float(np.median(walsh_averages(differences)))


def shift_interval(differences: Array, level: float = LEVEL) -> Interval | None:
    """The shifts that the exact signed-rank test of differences [n] does not reject.

    None where no such interval exists: below 6 differences for 95 %.
    """
    count = len(differences)
    ranks = range(1, count + 1)
    below = np.cumsum(null_distribution(ranks)[::2])  # P(W+ <= w) for w = 0, 1, ...
    dropped = int(np.searchsorted(below, (1 - level) / 2, side="right"))
    if not dropped:
        return None
    averages = walsh_averages(differences)
    return Interval(float(averages[dropped - 1]), float(averages[-dropped]))
