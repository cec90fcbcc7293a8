"""What listeners think of each condition: mean opinion scores, and how votes spread.

MOS (DMOS in dcr, CMOS in ccr) is the mean over clips of the means of their votes, as ITU-T P.808
has it; the mean over votes stands beside it. Its interval takes votes of one clip to have the clip
in common and, where votes name them, votes of one listener the listener: it holds for other clips
and other listeners like these (`statistics.clustered`). Without names it is Student's over clips.

The two half widths of the P.808 toolkit's tables are given as well, so that its results compare:

    over clips    t(0.975, C-1) s / sqrt(C), s the standard deviation of C clips' means
    over votes    1.96 / C sqrt(sum of s_i^2 / n_i) over clips, the votes of clip i being
                  independent and the clips fixed; s_i^2 is divided by n_i - 1 + 0.001 there, so
                  that a clip of one vote counts as one without spread
"""

from dataclasses import dataclass

import numpy as np

from ....benchmarks.statistics.clustered import Estimate, clustered_error
from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import FEWEST, Interval, student
from ....benchmarks.statistics.proportions import clustered_wilson
from .ballots import Ballots, Places

_GUARD = 0.001  # of the toolkit's variances
_NORMAL = 1.96  # of the toolkit


@dataclass(frozen=True)
class Opinion:
    """One condition.

    Attributes:
        condition: its name; in ccr "A against B".
        listeners: that voted; None where votes do not name them.
        clips: that were judged; None where votes do not name them.
        votes: how many.
        mos: mean over clips.
        mean_of_votes: over votes.
        interval: 95 % of `mos`; None where there is too little to tell.
        half_width_clips: of the toolkit, over clips; None below 2 clips.
        half_width_votes: of the toolkit, over votes; None without named clips.
        shares: of the categories in all votes, from the lowest upwards.
        p, p_holm, p_equivalent_holm: ccr only: that the mean is 0, and that it is `margin` or more
            in size.
    """

    condition: str
    listeners: int | None
    clips: int | None
    votes: int
    mos: float
    mean_of_votes: float
    interval: Interval | None
    half_width_clips: float | None
    half_width_votes: float | None
    shares: tuple[float, ...]
    p: float | None = None
    p_holm: float | None = None
    p_equivalent_holm: float | None = None


def opinions(ballots: Ballots, margin: float) -> tuple[Opinion, ...]:
    """Every condition that has a vote, the best first.

    Args:
        ballots: of the listeners that count.
        margin: ccr: categories within which two conditions are equivalent.
    """
    voted = [name for name in ballots.conditions if len(ballots.rows(name))]
    found = [(_mean(ballots, ballots.rows(name)), name) for name in voted]
    adjusted: list[Array] = []
    if ballots.test == "ccr":
        ps = ([e.p() for e, _ in found], [e.equivalence(margin) for e, _ in found])
        adjusted = [np.array(p, dtype=float) for p in ps]
        adjusted = [adjusted[0], *(holm(p) for p in adjusted)]
    described = [
        _describe(ballots, name, estimate, [known(p[place]) for p in adjusted])
        for place, (estimate, name) in enumerate(found)
    ]
    return tuple(sorted(described, key=lambda opinion: -opinion.mos))


@dataclass(frozen=True)
class CategoryShare:
    """Of one condition: votes of a category, and of this or a higher one with its interval."""

    condition: str
    category: int
    share: float
    at_least: float
    interval: Interval | None


def distribution(ballots: Ballots) -> tuple[CategoryShare, ...]:
    """The cumulative distribution of the categories of each condition, from the lowest upwards."""
    found = []
    for name in ballots.conditions:
        rows = ballots.rows(name)
        score, clusterings = ballots.score[rows], ballots.clusterings(rows)
        for category in ballots.categories:
            reached = (score >= category).astype(np.float64)
            interval = (
                clustered_wilson(reached, clusterings) if category > ballots.categories[0] else None
            )
            share = float((score == category).mean())
            found.append(CategoryShare(name, category, share, float(reached.mean()), interval))
    return tuple(found)


def known(value: float) -> float | None:
    """A number, or None for NaN."""
    return None if np.isnan(value) else float(value)


def _mean(ballots: Ballots, rows: Places) -> Estimate:
    """The mean over clips of these votes."""
    score, weights = ballots.score[rows], ballots.weights(rows)
    mean = float((weights * score).sum())
    error, degrees = clustered_error((weights * (score - mean))[:, None], ballots.clusterings(rows))
    return Estimate(mean, float(error[0]), float(degrees[0]))


def _describe(
    ballots: Ballots, name: str, estimate: Estimate, tested: list[float | None]
) -> Opinion:
    rows = ballots.rows(name)
    score = ballots.score[rows]
    clips, votes = toolkit_half_widths(score, ballots.item[rows])
    interval = estimate.interval
    p, p_holm, equivalent = tested or (None, None, None)
    return Opinion(
        condition=name,
        listeners=len(np.unique(ballots.listener[rows])) if ballots.listeners else None,
        clips=len(np.unique(ballots.item[rows])) if ballots.items else None,
        votes=len(rows),
        mos=estimate.value,
        mean_of_votes=float(score.mean()),
        interval=interval and interval.within(ballots.categories[0], ballots.categories[-1]),
        half_width_clips=clips if ballots.items else None,
        half_width_votes=votes if ballots.items else None,
        shares=tuple(float((score == category).mean()) for category in ballots.categories),
        p=p,
        p_holm=p_holm,
        p_equivalent_holm=equivalent,
    )


def toolkit_half_widths(score: Array, item: Places) -> tuple[float | None, float]:
    """The half widths of 95 % of the P.808 toolkit over clips, and over votes.

    Args:
        score: of the votes of a condition [n].
        item: the clip of each [n].
    """
    _, clip, count = np.unique(item, return_inverse=True, return_counts=True)
    means = np.bincount(clip, score) / count
    squares = np.bincount(clip, (score - means[clip]) ** 2)
    within = np.sqrt((squares / (count * (count - 1 + _GUARD))).sum()) / len(count)
    if len(count) < 2:
        return None, float(_NORMAL * within)
    error = means.std(ddof=1) / np.sqrt(len(count))
    return student(0.975, len(count) - 1) * float(error), float(_NORMAL * within)


def notes(ballots: Ballots, described: tuple[Opinion, ...]) -> list[str]:
    """What the votes cannot tell, and what was taken for granted."""
    found = []
    listeners, clips = len(np.unique(ballots.listener)), ballots.items
    if not ballots.listeners:
        found.append(
            "votes name no listener: intervals are over clips, and take votes of different clips "
            "for independent, though one listener gave several"
        )
    elif listeners < FEWEST:
        word = "one listener" if listeners == 1 else f"{listeners} listeners"
        them = "this one" if listeners == 1 else "these"
        found.append(f"{word}: what is said holds for {them} only; others need {FEWEST} at least")
    if not clips:
        found.append("votes name no clip: means are over votes, and nothing is paired over clips")
    elif clips < FEWEST:
        word = "one clip" if clips == 1 else f"{clips} clips"
        them = "this one" if clips == 1 else "these"
        found.append(f"{word}: what is said holds for {them} only; others need {FEWEST} at least")
    same = [o.condition for o in described if max(o.shares) == 1 and o.votes > 1]
    if same:
        found.append(
            f"every vote of {', '.join(same)} is the same: no spread from which an interval of the "
            "mean could come"
        )
    short = [o.condition for o in described if o.interval is None and o.condition not in same]
    if short:
        found.append(f"no interval of the mean of {', '.join(short)}: too few clips and listeners")
    return found
