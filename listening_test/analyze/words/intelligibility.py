"""Which words were understood: chance-corrected scores, by condition and by phonetic feature.

    adjusted % = 100 (R - W / (m - 1)) / T

of T words asked with m alternatives each, R answered right and W wrong; an answer not given is
neither. For two alternatives this is 100 (R - W) / T, the score of the diagnostic rhyme test
(ANSI/ASA S3.2-2009; Voiers 1977); six make the modified rhyme test. It is 0 for guessing and 100
for all right. Intervals are Wilson's on that scale, for answers that listeners have in common; the
words are taken as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ....benchmarks.statistics.clustered import Estimate, clustered_error
from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import Interval
from ....benchmarks.statistics.proportions import clustered_wilson
from ...schema import is_system
from ...votes import Answer
from ..opinion_scores import ordered_conditions
from ..units import unit_of

ALL = ""  # all features together


@dataclass(frozen=True)
class Intelligibility:
    """A condition's score for one feature, or for `ALL`; percents, adjusted for guessing."""

    condition: str
    feature: str
    units: int
    words: int
    right: int
    wrong: int
    not_given: int
    adjusted: float
    interval: Interval | None


@dataclass(frozen=True)
class IntelligibilityPair:
    """`first` minus `second`, over all features, in adjusted percents."""

    first: str
    second: str
    difference: float
    interval: Interval | None
    p: float | None
    p_holm: float | None
    p_equivalent_holm: float | None


def intelligibilities(rows: Sequence[Answer]) -> tuple[Intelligibility, ...]:
    """Every condition over all words, then every feature of it; the best condition first."""
    found = []
    features = sorted({row.feature for row in rows if row.feature})
    for condition in ordered_conditions([row.condition for row in rows]):
        own = [row for row in rows if row.condition == condition]
        parts = [own, *([row for row in own if row.feature == f] for f in features)]
        found.append(
            [
                _scored(condition, feature, part)
                for feature, part in zip([ALL, *features], parts, strict=True)
                if part
            ]
        )
    found.sort(key=lambda scores: -scores[0].adjusted)
    return tuple(score for scores in found for score in scores)


def _scored(condition: str, feature: str, rows: list[Answer]) -> Intelligibility:
    unit = unit_of(rows)
    values = _values(rows)
    lowest = min(map(_lowest, rows))
    interval = clustered_wilson((values - lowest) / (1 - lowest), [unit.cluster])
    right, given = (
        sum(bool(x) for x in said)
        for said in ([row.right for row in rows], [row.given for row in rows])
    )
    return Intelligibility(
        condition=condition,
        feature=feature,
        units=unit.number,
        words=len(rows),
        right=right,
        wrong=given - right,
        not_given=len(rows) - given,
        adjusted=100 * float(values.mean()),
        interval=interval
        and Interval(
            *(100 * (lowest + end * (1 - lowest)) for end in (interval.low, interval.high))
        ),
    )


def _values(rows: Sequence[Answer]) -> Array:
    """What each answer counts: 1 right, -1 / (m - 1) wrong, 0 not given."""
    return np.array([1.0 if row.right else _lowest(row) if row.given else 0.0 for row in rows])


def _lowest(row: Answer) -> float:
    """What a wrong answer counts."""
    return -1 / (len(row.alternatives) - 1)


def compare(rows: Sequence[Answer], margin: float) -> tuple[IntelligibilityPair, ...]:
    """All pairs of systems; a listener's answers to both are taken together.

    Args:
        rows: of the listeners that count.
        margin: adjusted percents within which two systems are equivalent.
    """
    names = [name for name in ordered_conditions([r.condition for r in rows]) if is_system(name)]
    pairs = list(combinations(names, 2))
    estimates = [_difference(rows, *pair) for pair in pairs]
    p = np.array([e.p() for e in estimates], dtype=float)
    equal = np.array([e.equivalence(margin) for e in estimates], dtype=float)
    adjusted = np.stack([p, holm(p), holm(equal)], axis=1)
    most = 100 * (1 - min((_lowest(row) for row in rows), default=0.0))
    return tuple(
        IntelligibilityPair(
            *pair,
            estimate.value,
            estimate.interval and estimate.interval.within(-most, most),
            *(None if np.isnan(value) else float(value) for value in adjusted[k]),
        )
        for k, (pair, estimate) in enumerate(zip(pairs, estimates, strict=True))
    )


def _difference(rows: Sequence[Answer], first: str, second: str) -> Estimate:
    both = [row for row in rows if row.condition in (first, second)]
    values = 100 * _values(both)
    side = np.array([row.condition == first for row in both])
    means = [float(values[chosen].mean()) for chosen in (side, ~side)]
    effects = np.where(side, (values - means[0]) / side.sum(), (means[1] - values) / (~side).sum())
    error, degrees = clustered_error(effects[:, None], [unit_of(both).cluster])
    return Estimate(means[0] - means[1], float(error[0]), float(degrees[0]))
