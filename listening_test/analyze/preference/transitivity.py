"""Do preferences go in circles? Where they do, no single scale tells who is preferred to whom.

A circle is three conditions of which A is preferred to B by most, B to C, and C to A (Kendall and
Babington Smith, Biometrika 31, 1940). It is sure where each of the three is (p, Holm, at most
0.05). A misfit is a pair whose share the Bradley-Terry scale puts outside the interval of its own
votes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from .bradley_terry import Scale
from .shares import Preference

ALPHA = 0.05


@dataclass(frozen=True)
class Circle:
    """Each is preferred to the next, and the last to the first."""

    conditions: tuple[str, str, str]
    sure: bool


@dataclass(frozen=True)
class Misfit:
    """A pair of which the scale says another share than its own votes."""

    first: str
    second: str
    share: float
    scale: float


@dataclass(frozen=True)
class Transitivity:
    """Triples of conditions of which all pairs were decided, circles among them, and misfits."""

    triples: int
    circles: tuple[Circle, ...]
    misfits: tuple[Misfit, ...]


def transitivity(preferences: Sequence[Preference], scale: Scale | None) -> Transitivity:
    """Of all triples, and of all pairs that the scale has."""
    by_pair = {(p.first, p.second): p for p in preferences}
    names = list(dict.fromkeys(name for pair in by_pair for name in pair))
    circles, triples = [], 0
    for a, b, c in combinations(names, 3):
        sides = [_preferred(by_pair, *pair) for pair in ((a, b), (b, c), (c, a))]
        if any(side is None for side in sides):
            continue
        triples += 1
        if len(set(sides)) == 3:
            sure = all(p.p_holm <= ALPHA for p in preferences if {p.first, p.second} <= {a, b, c})
            circles.append(Circle((a, b, c) if sides[0] == a else (a, c, b), sure))
    return Transitivity(triples, tuple(circles), tuple(_misfits(by_pair, scale)))


def _preferred(by_pair: dict[tuple[str, str], Preference], a: str, b: str) -> str | None:
    """Whom most prefer; None where the pair was not heard, or is even."""
    found = by_pair.get((a, b)) or by_pair.get((b, a))
    if found is None or found.wins == found.losses:
        return None
    return found.first if found.wins > found.losses else found.second


def _misfits(by_pair: dict[tuple[str, str], Preference], scale: Scale | None) -> list[Misfit]:
    found = []
    for pair in scale.pairs if scale else ():
        own = by_pair.get((pair.first, pair.second))
        if own is None or own.share is None or own.interval is None:
            continue
        if not own.interval.low <= pair.probability <= own.interval.high:
            found.append(Misfit(pair.first, pair.second, own.share, pair.probability))
    return found
