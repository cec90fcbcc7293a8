"""Paired comparison of conditions that were measured on the same items, in whole clusters.

The test is Student's, of the mean difference and the standard error of its interval, with one
degree of freedom less than there are clusters: estimate, interval and p-value are one statistic,
and it can succeed from 6 clusters on, however many tests are made. The signed-rank test of 8
speakers says 2 / 2^8 at best, which no adjustment for 15 columns survives.

Student's test trusts that speakers' differences are spread evenly. Where they are visibly not,
because some are zero or of equal size (rates of few words are), the p-value is not below that of
the exact sign-flip test of the same mean; `least` is the smallest that this can be.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from .bootstrap import Resampling
from .gaps import Array
from .intervals import LEVEL, student
from .sign_flip import SignFlips
from .signed_rank import signed_rank
from .unequal import Linear, cluster_sums

POWER = 0.8
STUDENT, SIGNS, NONE = "t", "signs", "none"

_STEPS = 2.0**40  # of the largest mean: two that differ by less are equal
_CELLS_AT_ONCE = 2_000_000


class Difference(NamedTuple):
    """Paired comparison of a with b on the same items.

    Attributes:
        n: items.
        speakers: clusters.
        difference: mean of a - b; of rates, the rate of a - that of b.
        low: of its 95 % interval; NaN under 6 clusters.
        high: of the same.
        error: its standard error.
        test: "t", "signs" (the p-value of sign flips, where Student's is lower), or "none".
        p: of the test; 1 without one.
        p_signed_rank: for comparison, of the signed-rank test, signs of whole clusters flipped; of
            rates, it ranks the differences of the numerators.
        least: smallest p that the test can give of so many clusters; 1 without one.
        wins: items on which a is the greater.
        ties: items with equal values.
        losses: items on which b is the greater.
    """

    n: int
    speakers: int
    difference: float
    low: float
    high: float
    error: float
    test: str
    p: float
    least: float
    p_signed_rank: float
    wins: int
    ties: int
    losses: int


def compare(
    values: Array,
    pairs: Sequence[tuple[int, int]],
    clusters: Sequence[str],
    seed: int = 0,
    weights: Array | None = None,
) -> list[Difference]:
    """Paired comparisons between columns of values [n, conditions], without gaps.

    Args:
        values: of every item under every condition.
        pairs: (a, b), columns of values.
        clusters: of each item [n].
        seed: of the draws of the bootstrap.
        weights: of the values, in their means; 1 by default.

    Raises:
        ValueError: a value is NaN.
    """
    if np.isnan(values).any():
        raise ValueError("a paired comparison needs a value of every condition on every item")
    if weights is None:
        weights = np.ones_like(values)
    resampling = Resampling(clusters, seed)
    drawn = resampling.means(values, weights)
    found: list[Difference] = []
    chunk = max(1, _CELLS_AT_ONCE // len(values))
    for start in range(0, len(pairs), chunk):
        found += _compare(values, weights, pairs[start : start + chunk], resampling, drawn)
    return found


def _compare(
    values: Array,
    weights: Array,
    pairs: Sequence[tuple[int, int]],
    resampling: Resampling,
    drawn: Array,
) -> Iterator[Difference]:
    """Some of the pairs; `drawn` are the means of each draw [B, conditions]."""
    first, second = (np.array(side, dtype=int) for side in zip(*pairs, strict=True))
    means = np.average(values, axis=0, weights=weights)
    shares = weights / weights.sum(axis=0)
    added = shares * (values - means)
    share = (shares[:, first] + shares[:, second]) / 2
    effect = added[:, first] - added[:, second]
    effect = np.divide(effect, share, out=np.zeros_like(effect), where=share > 0)
    size, moved = means[first] - means[second], drawn[:, first] - drawn[:, second]
    error = resampling.standard_error(moved, Linear(effect, share))
    reach = student((1 + LEVEL) / 2, resampling.clusters - 1) * error
    low, high = size - reach, size + reach
    own = cluster_sums(resampling.cluster, share)
    total = cluster_sums(resampling.cluster, share * (effect + size))
    for place, (a, b) in enumerate(pairs):
        test, p, least = _test(size[place], error[place], total[:, place], own[:, place])
        differences = (values[:, a] - values[:, b]) * (weights[:, a] + weights[:, b]) / 2
        wins, ties, losses = _wins(differences)
        yield Difference(
            n=len(values),
            speakers=resampling.clusters,
            difference=float(size[place]),
            low=float(low[place]),
            high=float(high[place]),
            error=float(error[place]),
            test=test,
            p=p,
            least=least,
            p_signed_rank=signed_rank(differences, resampling.cluster),
            wins=wins,
            ties=ties,
            losses=losses,
        )


def _test(
    difference: float, error: float, totals: Array, shares: Array
) -> tuple[str, float, float]:
    """The test, its p-value, and the smallest that it can give.

    Args:
        difference: the mean.
        error: its standard error; NaN where there is none.
        totals: what the clusters add to the mean [k].
        shares: that they have of it [k].
    """
    if np.isnan(error):
        return NONE, 1.0, 1.0
    means = np.divide(totals, shares, out=np.zeros_like(totals), where=shares > 0)
    largest = np.abs(means).max()
    if not largest:
        return NONE, 1.0, 1.0
    sizes = np.rint(np.abs(means) / largest * _STEPS)
    moving = totals[sizes > 0]
    ratio = abs(difference) / error if error else np.inf
    p = float(2 * special.stdtr(len(totals) - 1, -ratio))
    if len(np.unique(sizes[sizes > 0])) == len(totals):
        return STUDENT, p, 0.0
    flips = SignFlips.of(moving, np.random.default_rng(0))
    exact, least = flips.p(), flips.smallest
    return (SIGNS, exact, least) if exact >= p else (STUDENT, p, least)


def detectable(error: Array, speakers: Array, alpha: float) -> Array:
    """Smallest true difference that the t test at level alpha finds in 80 % of all tries.

    The noncentral t distribution's, of a standard error that is taken for the true one.
    """
    degrees = np.maximum(speakers - 1, 1)
    critical = special.stdtrit(degrees, 1 - alpha / 2)
    return np.asarray(special.nctdtrinc(degrees, 1 - POWER, critical) * error)


def _wins(differences: Array) -> tuple[int, int, int]:
    """How many are above zero, zero, and below."""
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return wins, len(differences) - wins - losses, losses
