"""Pairs of conditions that a metric orders against the listeners, and whether that is sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.intervals import FEWEST

ALPHA = 0.05


@dataclass(frozen=True)
class Reversal:
    """Listeners prefer one of two conditions; the metric prefers the other.

    Attributes:
        preferred, other: by the listeners.
        rated: by how many points.
        p_rated: that the listeners' difference is chance, adjusted (Holm) over all pairs; None
            where too few were drawn from.
        measured: by how much the metric prefers `other`, in its unit, as a positive number.
        p_measured: that the metric's difference is chance, likewise.
    """

    preferred: str
    other: str
    rated: float
    p_rated: float | None
    measured: float
    p_measured: float | None

    @property
    def sure(self) -> bool:
        """Are both differences shown, so that the metric is wrong and not just in doubt?"""
        return all(p is not None and p <= ALPHA for p in (self.p_rated, self.p_measured))


def reversals(
    conditions: Sequence[str],
    observed: tuple[Array, Array],
    drawn: tuple[Array, Array],
    units: int,
    direction: str,
) -> tuple[int, tuple[Reversal, ...]]:
    """How many pairs have both sides, and those in another order, the largest difference first.

    Args:
        conditions: names.
        observed: mean ratings and values [conditions].
        drawn: the same in every draw [draws, conditions].
        units: the fewest clusters or listeners that were drawn from.
        direction: of the metric; "none": there is no order.
    """
    if direction == "none":
        return 0, ()
    sign = 1 if direction == "higher" else -1
    rated, merit = observed[0], sign * observed[1]
    pairs = [
        (a, b)
        for a, b in combinations(range(len(conditions)), 2)
        if np.isfinite((rated[a] - rated[b]) * (merit[a] - merit[b]))
    ]
    p_rated, p_merit = (
        holm(np.array([_p_value(means, draws, pair, units) for pair in pairs]))
        for means, draws in ((rated, drawn[0]), (merit, drawn[1]))
    )
    found = []
    for k, (a, b) in enumerate(pairs):
        if (rated[a] - rated[b]) * (merit[a] - merit[b]) < 0:
            better, worse = (a, b) if rated[a] > rated[b] else (b, a)
            found.append(
                Reversal(
                    conditions[better],
                    conditions[worse],
                    float(rated[better] - rated[worse]),
                    _known(p_rated[k]),
                    float(merit[worse] - merit[better]),
                    _known(p_merit[k]),
                )
            )
    return len(pairs), tuple(sorted(found, key=lambda pair: -pair.rated))


def _p_value(means: Array, draws: Array, pair: tuple[int, int], units: int) -> float:
    """Two-sided p of a difference by its scatter over draws, by Student's; NaN if none exists."""
    first, second = pair
    error = np.nanstd(draws[:, first] - draws[:, second])
    if units < FEWEST or not error > 0:
        return float("nan")
    t = abs(means[first] - means[second]) / (error * np.sqrt(units / (units - 1)))
    return float(2 * special.stdtr(units - 1, -t))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
