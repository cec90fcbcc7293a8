"""Which of two conditions do listeners place higher on the scale, by how much, and is it sure?

Two conditions are compared on the clips that both have, where these are at least half of either's;
otherwise on all of their clips, as two samples. Difference of means, its interval, p and
equivalence are one statistic with one standard error (`statistics.clustered`). Beside it stands
Cliff's delta, P(A above B) - P(A below B) over votes, each clip weighing the same, for which the
scale is no more than ordered (Cliff, Psychological Bulletin 114, 1993); its interval is that of its
arctanh, within [-1, 1].
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ....benchmarks.statistics.clustered import Estimate, clustered_error
from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import FEWEST, Interval
from .ballots import Ballots, Places
from .opinions import known

_SHARED = 0.5  # of the clips of either, from which only shared ones are compared


@dataclass(frozen=True)
class OpinionPair:
    """`first` against `second`: positive numbers say that `first` was placed higher.

    `paired`: only clips of both were compared, `clips` of them; otherwise `clips` counts all.
    `_holm` are p values adjusted over all pairs. None where there is no spread to tell.
    """

    first: str
    second: str
    clips: int
    paired: bool
    difference: float
    interval: Interval | None
    p: float | None
    p_holm: float | None
    p_equivalent_holm: float | None
    cliffs_delta: float
    cliffs_delta_interval: Interval | None


def compare(ballots: Ballots, margin: float) -> tuple[OpinionPair, ...]:
    """All pairs of systems that were voted on.

    Args:
        ballots: of the listeners that count.
        margin: categories within which two systems are equivalent.
    """
    voted = [name for name in ballots.systems if len(ballots.rows(name))]
    found = [(pair, *_compared(ballots, *pair)) for pair in combinations(voted, 2)]
    p = np.array([difference.p() for _, _, _, difference, _ in found], dtype=float)
    equal = np.array([d.equivalence(margin) for _, _, _, d, _ in found], dtype=float)
    p_holm, equal_holm = holm(p), holm(equal)
    most = ballots.categories[-1] - ballots.categories[0]
    return tuple(
        OpinionPair(
            first=first,
            second=second,
            clips=clips,
            paired=paired,
            difference=difference.value,
            interval=difference.interval and difference.interval.within(-most, most),
            p=known(p[place]),
            p_holm=known(p_holm[place]),
            p_equivalent_holm=known(equal_holm[place]),
            cliffs_delta=delta.value,
            cliffs_delta_interval=_within_one(delta),
        )
        for place, ((first, second), clips, paired, difference, delta) in enumerate(found)
    )


def _compared(ballots: Ballots, first: str, second: str) -> tuple[int, bool, Estimate, Estimate]:
    """Clips, whether they are shared ones, the difference, and Cliff's delta."""
    sides, clips, paired = _sides(ballots, first, second)
    weights = [ballots.weights(rows) for rows in sides]
    scores = [ballots.score[rows] for rows in sides]
    means = [float((w * s).sum()) for w, s in zip(weights, scores, strict=True)]
    effects = [
        sign * w * (s - mean)
        for sign, w, s, mean in zip((1, -1), weights, scores, means, strict=True)
    ]
    delta, ordinal = _cliff(scores, weights)
    error, degrees = clustered_error(
        np.column_stack([np.concatenate(effects), ordinal]),
        ballots.clusterings(np.concatenate(sides)),
    )
    return (
        clips,
        paired,
        Estimate(means[0] - means[1], float(error[0]), float(degrees[0])),
        Estimate(delta, float(error[1]), float(degrees[1])),
    )


def _sides(ballots: Ballots, first: str, second: str) -> tuple[tuple[Places, Places], int, bool]:
    rows = ballots.rows(first), ballots.rows(second)
    clips = ballots.clips(first), ballots.clips(second)
    shared = np.intersect1d(*clips)
    enough = len(shared) >= max(1, _SHARED * max(map(len, clips)))
    if not ballots.items or not enough:
        return rows, len(np.union1d(*clips)), False
    kept = [r[np.isin(ballots.item[r], shared)] for r in rows]
    return (kept[0], kept[1]), len(shared), True


def _cliff(scores: list[Array], weights: list[Array]) -> tuple[float, Array]:
    """Cliff's delta of weighted votes, and what each vote adds to its deviation."""

    def above(votes: Array, others: Array, weight: Array) -> Array:
        """Share of the others below each vote, minus that above it."""
        order = np.argsort(others, kind="stable")
        upto = np.concatenate([[0.0], np.cumsum(weight[order])])
        low = upto[np.searchsorted(others[order], votes, "left")]
        high = upto[np.searchsorted(others[order], votes, "right")]
        return np.asarray(low - (upto[-1] - high))

    over = above(scores[0], scores[1], weights[1])
    under = -above(scores[1], scores[0], weights[0])
    delta = float((weights[0] * over).sum())
    return delta, np.concatenate([weights[0] * (over - delta), weights[1] * (under - delta)])


def _within_one(delta: Estimate) -> Interval | None:
    """The interval of a delta by its arctanh; None for +-1, of which it has none."""
    if abs(delta.value) >= 1 or not delta.error > 0:
        return None
    scaled = Estimate(
        float(np.arctanh(delta.value)), delta.error / (1 - delta.value**2), delta.degrees
    ).interval
    return scaled and Interval(float(np.tanh(scaled.low)), float(np.tanh(scaled.high)))


def notes(ballots: Ballots, pairs: tuple[OpinionPair, ...]) -> list[str]:
    """What is to be known of the comparisons."""
    found = []
    if loose := sum(not pair.paired for pair in pairs):
        found.append(
            f"{loose} of {len(pairs)} pairs share too few clips, and are compared unpaired"
        )
    if mute := sum(pair.p is None for pair in pairs):
        found.append(
            f"{mute} of {len(pairs)} pairs have no test: all differences are equal, or fewer than "
            f"{FEWEST} clips and listeners"
        )
    if ballots.test != "ccr" and len(ballots.systems) < 2:
        word = "one system" if ballots.systems else "no system"
        found.append(f"{word} under test: there is nothing to compare")
    return found
