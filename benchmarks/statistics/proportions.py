"""Proportions: intervals and exact tests, also where answers of one listener agree.

Interval. Wilson's (Journal of the American Statistical Association 22, 1927) for as many
independent answers as say the same: n over the design effect, which is the clustered variance of
the proportion over that of n independent answers, 1 at least (Kish, Survey Sampling, 1965, section
8.2). Student's quantile takes the place of the normal one where there are clusters; with one answer
in each it is Wilson's own. Where every answer is the same there is nothing to tell a design effect
from, and as many answers are counted as there are clusters.

Test. That signs are even: all signs of a cluster flip together, each pattern equally likely. With
one answer in each cluster this is the sign test, p of the binomial distribution.
"""

from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from .clustered import Clusters, clustered_error
from .gaps import Array
from .intervals import LEVEL, Interval, student
from .signed_rank import null_distribution


def wilson(share: float, count: float, quantile: float) -> Interval:
    """Wilson's interval of a share of so many answers."""
    centre = share + quantile**2 / (2 * count)
    reach = quantile * np.sqrt(share * (1 - share) / count + quantile**2 / (4 * count**2))
    scale = 1 + quantile**2 / count
    low, high = (centre - reach) / scale, (centre + reach) / scale
    return Interval(float(max(0.0, low)), float(min(1.0, high)))


def clustered_wilson(values: Array, clusterings: Sequence[Clusters]) -> Interval | None:
    """Interval of the mean of values [n] in [0, 1] whose clusters [n] agree; None below 3 clusters.

    Args:
        values: 0 or 1, or anything between.
        clusterings: none (all independent), one or two.
    """
    count = len(values)
    share = float(values.mean()) if count else 0.0
    groups = min((len(np.unique(way)) for way in clusterings), default=count)
    if not count or groups < 3:
        return None
    normal = float(special.ndtri((1 + LEVEL) / 2))
    if groups == count:
        return wilson(share, count, normal)
    error, degrees = clustered_error((values[:, None] - share) / count, clusterings)
    if not error[0] > 0:
        return wilson(share, groups, student((1 + LEVEL) / 2, groups - 1))
    effect = max(1.0, float(error[0] ** 2) * (count - 1) / (share * (1 - share)))
    return wilson(share, count / effect, student((1 + LEVEL) / 2, float(degrees[0])))


def even_signs(signs: Array, cluster: Clusters) -> float:
    """Exact two-sided p-value of even signs [n] (+1, -1) whose clusters [n] flip as one."""
    if not len(signs):
        return 1.0
    _, place = np.unique(cluster, return_inverse=True)
    sums = np.rint(np.bincount(place, signs)).astype(np.intp)
    chances = null_distribution(np.abs(sums))
    tail = (len(chances) - 1) // 2 - abs(int(sums.sum())) + 1
    return float(min(1.0, 2 * chances[:tail].sum()))


def better_than_chance(right: int, count: int, chance: float = 0.5) -> float:
    """Exact one-sided p-value of so many right answers by guessing, which makes all independent."""
    return float(stats.binomtest(right, count, chance, "greater").pvalue) if count else 1.0
