"""Which of two conditions is preferred, by how many, and is it sure?

Of each pair: the share of the decided votes that prefer the first, with Wilson's interval for votes
that listeners have in common (`statistics.proportions`), the exact test that preferences are even,
and the share of ties, if the test has any. Ties are not decided: they count for neither, and the
test is of the others. P values are adjusted by Holm over all pairs.

Equivalent within a margin are conditions of which the 90 % interval of the net preference, (first
- second) / all votes, lies within +- twice the margin: two one-sided tests at 5 %. A margin of 0.1
is 60 to 40 at most, had all votes been decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ....benchmarks.statistics.clustered import Clusters, Estimate, clustered_error
from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import Interval
from ....benchmarks.statistics.proportions import clustered_wilson, even_signs
from ...votes import Choice
from ..opinion_scores import ordered_conditions
from ..units import Unit, unit_of


@dataclass(frozen=True)
class Preference:
    """`first` against `second`.

    Attributes:
        units: listeners (or items, or votes, as the analysis says) that compared the two.
        votes: how many; `wins` prefer the first, `losses` the second, `ties` neither.
        share: of the decided votes that prefer the first; None where none is decided.
        interval: 95 % of it; None below 3 units.
        tie_share, tie_interval: of all votes.
        p: that preferences are even; p_holm: over all pairs.
        p_equivalent_holm: that they are uneven by the margin or more; None without a spread.
    """

    first: str
    second: str
    units: int
    votes: int
    wins: int
    losses: int
    ties: int
    share: float | None
    interval: Interval | None
    tie_share: float
    tie_interval: Interval | None
    p: float
    p_holm: float
    p_equivalent_holm: float | None


@dataclass(frozen=True)
class Order:
    """Of the decided votes, how many prefer what was heard first."""

    votes: int
    share: float
    interval: Interval | None
    p: float


Pairs = dict[tuple[str, str], tuple[Array, Clusters]]


def outcomes(rows: Sequence[Choice], unit: Unit) -> Pairs:
    """Of each pair the outcomes (1 first, -1 second, 0 tie) [n] and their units [n]."""
    names = ordered_conditions([name for row in rows for name in (row.first, row.second)])
    found: Pairs = {}
    for pair in combinations(names, 2):
        places = [k for k, row in enumerate(rows) if {row.first, row.second} == set(pair)]
        if places:
            score = {pair[0]: 1.0, pair[1]: -1.0, "": 0.0}
            found[pair] = np.array([score[rows[k].choice] for k in places]), unit.cluster[places]
    return found


def preferences(rows: Sequence[Choice], margin: float) -> tuple[Preference, ...]:
    """Every pair that was heard.

    Args:
        rows: choices of the listeners that count.
        margin: of a share, within which two conditions are equivalent.
    """
    found = outcomes(rows, unit_of(rows))
    p = np.array([even_signs(signs[signs != 0], own[signs != 0]) for signs, own in found.values()])
    equal = np.array([_net(*outcome).equivalence(2 * margin) for outcome in found.values()], float)
    p_holm, equal_holm = holm(p), holm(equal)
    return tuple(
        _preference(*pair, *outcome, float(p[k]), float(p_holm[k]), float(equal_holm[k]))
        for k, (pair, outcome) in enumerate(found.items())
    )


def _net(signs: Array, unit: Clusters) -> Estimate:
    """The net preference: mean of +1, 0 and -1."""
    mean = float(signs.mean())
    error, degrees = clustered_error(((signs - mean) / len(signs))[:, None], [unit])
    return Estimate(mean, float(error[0]), float(degrees[0]))


def _preference(
    first: str, second: str, signs: Array, unit: Clusters, p: float, p_holm: float, equal: float
) -> Preference:
    decided, ties = signs != 0, signs == 0
    wins, count = int((signs > 0).sum()), int(decided.sum())
    return Preference(
        first=first,
        second=second,
        units=len(np.unique(unit)),
        votes=len(signs),
        wins=wins,
        losses=count - wins,
        ties=int(ties.sum()),
        share=wins / count if count else None,
        interval=clustered_wilson(1.0 * (signs[decided] > 0), [unit[decided]]),
        tie_share=float(ties.mean()),
        tie_interval=clustered_wilson(1.0 * ties, [unit]),
        p=p,
        p_holm=p_holm,
        p_equivalent_holm=None if np.isnan(equal) else equal,
    )


def order_effect(rows: Sequence[Choice]) -> Order | None:
    """Is what was heard first preferred? None where no vote is decided."""
    decided = [row for row in rows if row.choice]
    if not decided:
        return None
    unit = unit_of(decided).cluster
    signs = np.array([1.0 if row.choice == row.first else -1.0 for row in decided])
    preferred = (signs > 0).astype(np.float64)
    share = float(preferred.mean())
    return Order(len(decided), share, clustered_wilson(preferred, [unit]), even_signs(signs, unit))
