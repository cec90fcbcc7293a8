"""Wilcoxon's signed-rank test of paired differences, and the effect size that goes with it.

Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945. Zeros are
dropped, and equal sizes share their mean rank. The null distribution is the exact one of these
ranks, ties included: every pattern of signs is equally likely. The usual normal approximation for
ties says p < 0.05 of 5 equal differences, where no pattern of signs is rarer than 2 in 32.

Differences within a cluster (items of one speaker) are alike, so under the null hypothesis the
signs of a whole cluster flip together (Rosner, Glynn & Lee, Biometrics 62, 2006). With one
difference in each cluster this is the ordinary test.

The effect size is the matched rank-biserial correlation (Kerby, "The simple difference formula",
Comprehensive Psychology 3, 2014).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .gaps import Array

EXACT_CLUSTERS = 50  # the normal approximation is good for more, even far out in its tails

_STEPS = 2.0**40  # of the largest difference: a smaller one is rounding
_LARGEST_SUM = 2600  # of doubled ranks, as 50 differences have: larger ones are scaled down to it,
# which moves p by less than 1 %


def signed_rank(
    differences: Array, clusters: Sequence[str] | NDArray[np.intp] | None = None
) -> float:
    """Two-sided p-value of the signed-rank test of differences [n]; 1 where all are zero.

    Exact up to 50 clusters, by the normal approximation beyond.

    Args:
        differences: paired ones [n]. Two that only rounding keeps apart count as equal, and one
            that only rounding keeps from zero as zero.
        clusters: of each difference [n]; each is one of its own by default.
    """
    kept, ranks = _doubled_signed_ranks(differences)
    if clusters is None:
        sums = ranks
    else:
        _, cluster = np.unique(np.asarray(clusters)[kept], return_inverse=True)
        sums = np.bincount(cluster, ranks).astype(np.float64)
    if not sums.any():
        return 1.0
    if len(sums) > EXACT_CLUSTERS:
        score = abs(sums.sum()) / np.sqrt((sums**2).sum())
        return float(2 * special.ndtr(-score))
    return _exact_p(sums)


def rank_sums(differences: Array) -> tuple[float, float]:
    """W+ and W-: the sums of the ranks of positive and of negative differences [n]."""
    _, ranks = _doubled_signed_ranks(differences)
    return float(ranks[ranks > 0].sum() / 2), float(-ranks[ranks < 0].sum() / 2)


def rank_biserial(differences: Array) -> float | None:
    """(W+ - W-) / (W+ + W-), in [-1, 1]; None where every difference [n] is zero."""
    positive, negative = rank_sums(differences)
    whole = positive + negative
    return (positive - negative) / whole if whole else None


def null_distribution(steps: Sequence[int] | NDArray[np.intp]) -> Array:
    """Chances of the sum of +-steps [n], where each sign has probability 1/2.

    Args:
        steps: whole numbers, 0 or more.

    Returns:
        [2 S + 1] for a sum of all steps S: the chances of -S, ..., S. With the steps 1, ..., n,
        every second one is that of a W+ of 0, ..., S in the signed-rank test.
    """
    chances = np.ones(1)
    for step in steps:
        wider = np.zeros(len(chances) + 2 * step)
        wider[: len(chances)] = chances
        wider[2 * step :] += chances
        chances = wider / 2
    return chances


def _doubled_signed_ranks(differences: Array) -> tuple[NDArray[np.intp], Array]:
    """Where differences [n] are not zero [m], and twice their ranks with their signs [m].

    Doubled mean ranks are whole numbers, ties or not.
    """
    largest = np.abs(differences).max(initial=0.0)
    steps = np.rint(differences / largest * _STEPS) if largest else np.zeros(len(differences))
    kept = np.flatnonzero(steps)
    _, place, counts = np.unique(np.abs(steps[kept]), return_inverse=True, return_counts=True)
    ranks = (2 * np.cumsum(counts) - counts + 1)[place]
    return kept, np.sign(steps[kept]) * ranks


def _exact_p(sums: Array) -> float:
    """P(|sum of +-sums| >= |sum of sums|) over all signs, each with probability 1/2."""
    scale = min(1.0, _LARGEST_SUM / np.abs(sums).sum())
    steps = np.rint(scale * sums).astype(int)
    chances = null_distribution(np.abs(steps))
    tail = (len(chances) - 1) // 2 - abs(int(steps.sum())) + 1
    return float(min(1.0, 2 * chances[:tail].sum()))
