"""One number for each listener and pair of conditions: what a sequential test sees of a listener.

    acr, dcr    mean score of the first minus that of the second, on the items heard in both, if any
    ccr         mean score of the condition against its reference
    ab          share of votes for the first minus that for the second
    abx         share of right answers among decided ones; chance is 1/2
    drt, mrt    adjusted percents of the first minus those of the second

A listener who keeps coming back would change a number that was already counted. So a listener
counts from a number of votes on, with the first so many, in the order of the last of these.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ....benchmarks.statistics.gaps import Array
from ...schema import ResultsError, is_system
from ...votes import Answer, Choice, Vote, Votes
from ..opinion_scores import ordered_conditions

Row = Vote | Choice | Answer
Rows = Sequence[Row]


@dataclass(frozen=True)
class Watched:
    """The numbers of one pair in the order of listening, and what they mean.

    Attributes:
        first, second: the conditions; in abx A and B, in ccr the condition and its reference.
        values: of the listeners that count [n].
        waiting: listeners with too few votes so far.
        low, high: ends of what a value can be.
        null: the value of no difference.
        symmetric: are values spread evenly around their mean, as differences on a scale are?
    """

    first: str
    second: str
    values: Array
    waiting: int
    low: float
    high: float
    null: float
    symmetric: bool


def watched_pairs(votes: Votes, votes_per_listener: int | None = None) -> tuple[Watched, ...]:
    """Every pair that the test is about.

    Args:
        votes: of one test, in the order in which they were given.
        votes_per_listener: votes on a pair from which a listener counts, and that are counted; all
            that there are where None.

    Raises:
        ResultsError: votes name no listener, or there is no pair.
    """
    if any(not row.listener for row in votes.rows):
        raise ResultsError(
            "monitoring counts listeners, and votes name none: results of this kind have to be "
            "analyzed when they are complete (nscbench listen analyze)"
        )
    found = []
    for first, second in _pairs(votes):
        rows = [row for row in votes.rows if _concerns(row, first, second)]
        value, low, high, null = _measure(votes.test, first, second, rows)
        values, waiting = _in_order(rows, value, votes_per_listener)
        found.append(
            Watched(
                first, second, values, waiting, low, high, null, votes.test not in ("ab", "abx")
            )
        )
    if not found:
        raise ResultsError("no pair of systems was judged: there is nothing to monitor")
    return tuple(found)


def _pairs(votes: Votes) -> list[tuple[str, str]]:
    if votes.test == "ccr":
        return sorted({(v.condition, v.reference) for v in votes.of_categories()})
    if votes.test == "abx":
        return sorted({a.pair for a in votes.of_answers()})
    if votes.test == "ab":
        heard = {frozenset((c.first, c.second)) for c in votes.of_preference()}
        names = ordered_conditions([name for pair in heard for name in pair])
        return [pair for pair in combinations(names, 2) if frozenset(pair) in heard]
    names = ordered_conditions([row.condition for row in votes.rows if not isinstance(row, Choice)])
    return list(combinations([name for name in names if is_system(name)], 2))


def _concerns(row: Row, first: str, second: str) -> bool:
    if isinstance(row, Choice):
        return {row.first, row.second} == {first, second}
    if isinstance(row, Answer) and row.other:
        return row.pair == (first, second)
    if isinstance(row, Vote) and row.reference:
        return (row.condition, row.reference) == (first, second)
    return row.condition in (first, second)


Measure = Callable[[Rows], float | None]  # None where a listener's votes do not tell


def _measure(test: str, first: str, second: str, rows: Rows) -> tuple[Measure, float, float, float]:
    """How a listener's votes become a number; its lowest and highest value, and that of nothing."""
    if test == "ab":
        return (lambda own: _net_preference(own, first)), -1.0, 1.0, 0.0
    if test == "abx":
        return _right_share, 0.0, 1.0, 0.5
    if test == "ccr":
        return (lambda own: float(np.mean([r.score for r in own if isinstance(r, Vote)]))), -3, 3, 0
    if test in ("acr", "dcr"):
        return (lambda own: _difference(own, first, second)), -4.0, 4.0, 0.0
    lowest = min(_counts(row, False) for row in rows if isinstance(row, Answer))
    reach = 100 * (1 - lowest)
    return (lambda own: _difference(own, first, second)), -reach, reach, 0.0


def _net_preference(own: Rows, first: str) -> float:
    signs = [
        0.0 if not row.choice else 1.0 if row.choice == first else -1.0
        for row in own
        if isinstance(row, Choice)
    ]
    return float(np.mean(signs))


def _right_share(own: Rows) -> float | None:
    decided = [row.right for row in own if isinstance(row, Answer) and row.given]
    return float(np.mean(decided)) if decided else None


def _difference(own: Rows, first: str, second: str) -> float | None:
    sides = [
        {row.item for row in own if not isinstance(row, Choice) and row.condition == name}
        for name in (first, second)
    ]
    shared = sides[0] & sides[1] or sides[0] | sides[1]
    means = []
    for name in (first, second):
        values = [
            _number(row)
            for row in own
            if not isinstance(row, Choice) and row.condition == name and row.item in shared
        ]
        if not values:
            return None
        means.append(float(np.mean(values)))
    return means[0] - means[1]


def _number(row: Vote | Answer) -> float:
    if isinstance(row, Vote):
        return row.score
    return 100 * _counts(row, row.right) if row.given else 0.0


def _counts(answer: Answer, right: bool) -> float:
    return 1.0 if right else -1 / (len(answer.alternatives) - 1)


def _in_order(rows: Rows, value: Measure, needed: int | None) -> tuple[Array, int]:
    """The numbers of listeners in the order of the last vote that counts; and how many wait."""
    own: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for place, row in enumerate(rows):
        own[row.listener].append((place, row))
    waiting = sum(needed is not None and len(votes) < needed for votes in own.values())
    counted = [votes[:needed] for votes in own.values() if needed is None or len(votes) >= needed]
    counted.sort(key=lambda votes: votes[-1][0])
    values = [value([row for _, row in votes]) for votes in counted]
    told = [number for number in values if number is not None]
    return np.array(told, dtype=float), waiting + len(values) - len(told)
