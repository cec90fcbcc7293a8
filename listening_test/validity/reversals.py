"""Pairs of conditions that a metric orders against the listeners, and whether that is sure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from ...benchmarks.statistics.crossed import CrossedMean
from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.intervals import FEWEST

ALPHA = 0.05

Chance = Callable[[int, int], float]  # p that two conditions do not differ; NaN if none exists


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
    rated: Array,
    merit: Array,
    chance: tuple[Chance, Chance],
) -> tuple[int, tuple[Reversal, ...]]:
    """How many pairs have both sides, and those in another order, the largest difference first.

    Args:
        conditions: names.
        rated: mean ratings [conditions]; NaN where there are none.
        merit: mean values [conditions], higher is better.
        chance: of ratings and of values: p of a pair of conditions, by their numbers.
    """
    pairs = [
        (a, b)
        for a, b in combinations(range(len(conditions)), 2)
        if np.isfinite((rated[a] - rated[b]) * (merit[a] - merit[b]))
    ]
    p_rated, p_merit = (holm(np.array([p(a, b) for a, b in pairs])) for p in chance)
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


def of_draws(means: Array, draws: Array, units: int) -> Chance:
    """Two-sided p by Student's, with the scatter over draws as the error of a difference.

    Args:
        means: of conditions [conditions].
        draws: the same in every draw [draws, conditions].
        units: the fewest clusters that were drawn from; under 3, there is no p.
    """

    def p(first: int, second: int) -> float:
        apart = draws[:, first] - draws[:, second]
        error = float(np.std(apart[np.isfinite(apart)])) if np.isfinite(apart).any() else 0.0
        if units < FEWEST or not error > 0:
            return float("nan")
        t = abs(means[first] - means[second]) / (error * np.sqrt(units / (units - 1)))
        return float(2 * special.stdtr(units - 1, -t))

    return p


def of_listeners(scores: Array) -> Chance:
    """Two-sided p by the crossed model of listeners and items.

    Args:
        scores: [listeners, items, conditions], NaN where there are none.
    """

    def p(first: int, second: int) -> float:
        apart = scores[:, :, first] - scores[:, :, second]
        crossed = CrossedMean.of(apart)
        return float("nan") if crossed is None else crossed.p()

    return p


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
