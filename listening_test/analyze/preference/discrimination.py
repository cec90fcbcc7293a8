"""Is there a difference to hear at all? ABX, and webMUSHRA's paired comparison.

Guessing is right in half of all cases, whoever guesses: under it all answers are independent, and
the binomial test is exact. The interval of the share of right answers takes answers of one listener
together, for some hear more than others. Answers without a decision are counted apart.

d' is the distance of the two signals in standard deviations of a listener's perception, of which

    P(right) = F(d/sqrt 2) F(d/sqrt 6) + F(-d/sqrt 2) F(-d/sqrt 6),   F normal

by the differencing strategy, which is that of ABX with changing material, and of duo-trio
(Macmillan and Creelman, Detection Theory, 2nd ed., 2005, chapter 9). It is 0 at half right and
without an upper end at all right; its interval is that of the share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import Interval
from ....benchmarks.statistics.proportions import better_than_chance, clustered_wilson
from ...votes import Answer
from ..units import unit_of

_FARTHEST = 20.0  # d' of which P(right) is 1 in floating point


@dataclass(frozen=True)
class Discrimination:
    """`condition` against `other`.

    Attributes:
        units: listeners (or items, or answers) that decided.
        answers: decided ones; `right` of them are right, `undecided` are not among them.
        share, interval: of right answers, 95 %.
        p: of so many right ones by guessing, one-sided; p_holm: over all pairs.
        d_prime: None where every answer is right.
        d_prime_low, d_prime_high: its interval; None for an end that there is not.
        said_a: share of answers "a", where positions are known.
    """

    condition: str
    other: str
    units: int
    answers: int
    right: int
    undecided: int
    share: float | None
    interval: Interval | None
    p: float
    p_holm: float
    d_prime: float | None
    d_prime_low: float | None
    d_prime_high: float | None
    said_a: float | None


def discriminations(rows: Sequence[Answer]) -> tuple[Discrimination, ...]:
    """Every pair that was heard, whichever of the two was A."""
    pairs = sorted({row.pair for row in rows})
    own = [[row for row in rows if row.pair == pair] for pair in pairs]
    decided = [[row for row in group if row.given] for group in own]
    p = np.array([better_than_chance(sum(r.right for r in d), len(d)) for d in decided])
    p_holm = holm(p)
    return tuple(
        _discrimination(*pair, answers, len(group) - len(answers), float(p[k]), float(p_holm[k]))
        for k, (pair, group, answers) in enumerate(zip(pairs, own, decided, strict=True))
    )


def _discrimination(
    condition: str, other: str, rows: list[Answer], undecided: int, p: float, p_holm: float
) -> Discrimination:
    right = np.array([1.0 * row.right for row in rows])
    unit = unit_of(rows)
    share = float(right.mean()) if rows else None
    interval = clustered_wilson(right, [unit.cluster])
    placed = bool(rows) and all({row.asked, row.given} <= {"a", "b"} for row in rows)
    return Discrimination(
        condition=condition,
        other=other,
        units=unit.number,
        answers=len(rows),
        right=int(right.sum()),
        undecided=undecided,
        share=share,
        interval=interval,
        p=p,
        p_holm=p_holm,
        d_prime=None if share is None else d_prime(share),
        d_prime_low=d_prime(interval.low) if interval else None,
        d_prime_high=d_prime(interval.high) if interval else None,
        said_a=float(np.mean([row.given == "a" for row in rows])) if placed else None,
    )


def d_prime(share: float) -> float | None:
    """d' of a share of right answers: 0 up to a half, None for all."""
    if share >= right_share(_FARTHEST):
        return None
    if share <= 0.5:
        return 0.0
    return float(optimize.brentq(lambda d: right_share(d) - share, 0.0, _FARTHEST))


def right_share(distance: float) -> float:
    """P(right) of a d'."""
    wide, narrow = special.ndtr(distance / np.sqrt(2)), special.ndtr(distance / np.sqrt(6))
    return float(wide * narrow + (1 - wide) * (1 - narrow))
