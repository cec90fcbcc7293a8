"""Paired comparison of conditions that were measured on the same items, in whole clusters."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .bootstrap import Resampling
from .gaps import Array
from .intervals import LEVEL, student
from .signed_rank import signed_rank

POWER = 0.8


class Difference(NamedTuple):
    """Paired comparison of a with b on the same items.

    Attributes:
        n: items.
        difference: mean of a - b; of rates, the rate of a - that of b.
        low: of its 95 % interval; NaN under 6 clusters.
        high: of the same.
        p: of the signed-rank test.
        wins: items on which a is the greater.
        ties: items with equal values.
        losses: items on which b is the greater.
        detectable: smallest true difference that such a comparison finds in 80 % of all tries.
    """

    n: int
    difference: float
    low: float
    high: float
    p: float
    wins: int
    ties: int
    losses: int
    detectable: float


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
        weights: of the values, in their means; the test ranks differences times weights: of rates,
            the differences of the numerators. 1 by default.

    Raises:
        ValueError: a value is NaN.
    """
    if np.isnan(values).any():
        raise ValueError("a paired comparison needs a value of every condition on every item")
    if weights is None:
        weights = np.ones_like(values)
    means = np.average(values, axis=0, weights=weights)
    resampling = Resampling(clusters, seed)
    first, second = (np.array(side, dtype=int) for side in zip(*pairs, strict=True))
    drawn = resampling.means(values, weights)
    drawn = drawn[:, first] - drawn[:, second]
    low, high = resampling.interval(means[first] - means[second], drawn)
    reach = sum(student(p, resampling.clusters - 1) for p in ((1 + LEVEL) / 2, POWER))
    detectable = reach * resampling.standard_error(drawn)
    found = []
    for index, (a, b) in enumerate(pairs):
        differences = (values[:, a] - values[:, b]) * (weights[:, a] + weights[:, b]) / 2
        whole = float(means[a] - means[b]), float(low[index]), float(high[index])
        p = signed_rank(differences, resampling.cluster)
        counts = _wins(differences)
        found.append(Difference(len(values), *whole, p, *counts, float(detectable[index])))
    return found


def _wins(differences: Array) -> tuple[int, int, int]:
    """How many are above zero, zero, and below."""
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return wins, len(differences) - wins - losses, losses
