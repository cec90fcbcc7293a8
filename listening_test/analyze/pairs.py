"""Pairs of systems: which one do listeners rate higher, by how much, and is it sure?

A listener's scores are compared on the items that this listener rated for both. Test, interval and
equivalence of a mean difference come from random signs of the listeners' differences; where items
stand for others too, from the crossed model of listeners and items.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...benchmarks.statistics.crossed import CrossedMean
from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.intervals import FEWEST, Interval, t_interval
from ...benchmarks.statistics.shift import hodges_lehmann, shift_interval
from ...benchmarks.statistics.sign_flip import SignFlips
from ...benchmarks.statistics.signed_rank import rank_biserial, rank_sums, signed_rank
from .opinion_scores import OpinionScores

SEED = 0


@dataclass(frozen=True)
class Pair:
    """`first` against `second`: positive differences say that `first` was rated higher.

    `mean_difference`, its `interval`, `p` and `p_equivalent` are one statistic: sign flips of the
    listeners' differences or, where items were resampled too, the crossed model's. `p_equivalent`
    is of the hypothesis that the mean difference is at least `margin` in size. `_holm` are p values
    adjusted over all pairs. Beside them stand Student's interval and Wilcoxon's test; `shift` is
    Hodges and Lehmann's, with the interval of that test.
    """

    first: str
    second: str
    listeners: int
    mean_difference: float
    interval: Interval | None
    p: float
    p_holm: float
    p_equivalent: float
    p_equivalent_holm: float
    mean_difference_t: Interval | None
    shift: float
    shift_interval: Interval | None
    rank_biserial: float | None
    wilcoxon_w: float
    p_wilcoxon: float
    p_wilcoxon_holm: float


def compare_pairs(
    scores: OpinionScores, systems: list[str], margin: float, resample_items: bool
) -> tuple[Pair, ...]:
    """All pairs that enough listeners compared."""
    differences = {
        (first, second): scores.differences(first, second)
        for first, second in combinations(systems, 2)
    }
    differences = {pair: d for pair, d in differences.items() if len(d) >= FEWEST}
    generator = np.random.default_rng(SEED)
    tested = [
        _crossed(scores.score_differences(*pair), margin)
        if resample_items
        else _sign_flips(d, margin, generator)
        for pair, d in differences.items()
    ]
    p, equivalent = (np.array([line[place] for line in tested], dtype=float) for place in (1, 2))
    wilcoxon = np.array([signed_rank(d) for d in differences.values()])
    adjusted = [holm(family) for family in (p, equivalent, wilcoxon)]
    return tuple(
        Pair(
            first=first,
            second=second,
            listeners=len(d),
            mean_difference=float(d.mean()),
            interval=tested[row][0],
            p=float(p[row]),
            p_holm=float(adjusted[0][row]),
            p_equivalent=float(equivalent[row]),
            p_equivalent_holm=float(adjusted[1][row]),
            mean_difference_t=t_interval(d),
            shift=hodges_lehmann(d),
            shift_interval=shift_interval(d),
            rank_biserial=rank_biserial(d),
            wilcoxon_w=min(rank_sums(d)),
            p_wilcoxon=float(wilcoxon[row]),
            p_wilcoxon_holm=float(adjusted[2][row]),
        )
        for row, ((first, second), d) in enumerate(differences.items())
    )


_Tested = tuple[Interval | None, float, float]  # interval, p of a difference, p of equivalence


def _sign_flips(differences: Array, margin: float, generator: np.random.Generator) -> _Tested:
    flips = SignFlips.of(differences, generator)
    return flips.interval(), flips.p(), flips.equivalence(margin)


def _crossed(differences: Array, margin: float) -> _Tested:
    """Of differences [listeners, items] with gaps; no interval where the model has no answer."""
    crossed = CrossedMean.of(differences)
    if crossed is None:
        return None, 1.0, 1.0
    return crossed.interval, crossed.p(), crossed.equivalence(margin)
