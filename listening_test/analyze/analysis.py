"""What the scores mean: every condition's level, and every pair of systems' difference.

The unit is the listener: a listener's ratings are averaged over items before any spread is taken,
for ratings of one listener are alike. All conditions are described; only systems are tested,
neither hidden reference nor anchors. A pair is compared on the items that a listener rated for
both, and its p-values are adjusted by Holm over all pairs. What too few listeners cannot tell is
None, and a note says so.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...benchmarks.statistics.bootstrap import Resampling
from ...benchmarks.statistics.crossed import DRAWS, crossed_intervals
from ...benchmarks.statistics.equivalence import equivalence
from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.intervals import FEWEST, Interval, t_interval
from ...benchmarks.statistics.omnibus import Omnibus, omnibus
from ...benchmarks.statistics.shift import hodges_lehmann, shift_interval
from ...benchmarks.statistics.sign_flip import sign_flip
from ...benchmarks.statistics.signed_rank import rank_biserial, rank_sums, signed_rank
from .opinion_scores import OpinionScores

MARGIN = 5.0
SEED = 0


@dataclass(frozen=True)
class ConditionSummary:
    """One condition over listener means, and the quartiles of its single ratings.

    `mean_t` and `mean_bootstrap` are 95 % intervals of the mean, `median_bootstrap` of the median
    of listener means. Quartiles interpolate linearly (numpy's default); they describe, and have no
    interval.
    """

    condition: str
    listeners: int
    ratings: int
    mean: float
    sd: float | None
    mean_t: Interval | None
    mean_bootstrap: Interval | None
    median: float
    median_bootstrap: Interval | None
    rating_quartiles: tuple[float, float, float]


@dataclass(frozen=True)
class Pair:
    """`first` against `second`: positive differences say that `first` was rated higher.

    `shift` is Hodges and Lehmann's, with the interval of the exact signed-rank test. `_holm` are p
    values adjusted over all pairs. `p_equivalent` is of the hypothesis that the mean difference is
    at least `margin` in size.
    """

    first: str
    second: str
    listeners: int
    mean_difference: float
    mean_difference_t: Interval | None
    shift: float
    shift_interval: Interval | None
    rank_biserial: float | None
    wilcoxon_w: float
    p: float
    p_holm: float
    p_permutation: float
    p_permutation_holm: float
    p_equivalent: float
    p_equivalent_holm: float


@dataclass(frozen=True)
class Analysis:
    """One set of listeners' results; `conditions` and `pairs` from the best mean downwards."""

    listeners: int
    items: int
    ratings: int
    margin: float
    resampled_items: bool
    conditions: tuple[ConditionSummary, ...]
    omnibus: Omnibus | None
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def analyse(
    scores: OpinionScores, margin: float = MARGIN, resample_items: bool = False
) -> Analysis:
    """The whole analysis.

    Args:
        scores: of the listeners that count.
        margin: points within which two systems are called equivalent.
        resample_items: bootstrap intervals for other items like these, not for these items.
    """
    described = [
        _describe(scores, condition, resample_items)
        for condition in scores.conditions
        if np.isfinite(scores.of_condition(condition)).any()
    ]
    described.sort(key=lambda summary: -summary.mean)
    systems = [s.condition for s in described if s.condition in scores.systems]
    notes = _notes(scores, systems)
    if resample_items and (lost := [s.condition for s in described if s.mean_bootstrap is None]):
        notes.append(f"no bootstrap interval over listeners and items for {', '.join(lost)}")
    test, refusal = _test_all(scores, systems)
    notes += refusal
    pairs = _compare(scores, systems, margin)
    untested = len(systems) * (len(systems) - 1) // 2 - len(pairs)
    if untested and len(scores.listeners) >= FEWEST:
        notes.append(f"{untested} pairs of systems have fewer than {FEWEST} common listeners")
    return Analysis(
        listeners=len(scores.listeners),
        items=int(np.isfinite(scores.values).any(axis=(0, 2)).sum()),
        ratings=scores.count,
        margin=margin,
        resampled_items=resample_items,
        conditions=tuple(described),
        omnibus=test,
        pairs=pairs,
        notes=tuple(notes),
    )


def _test_all(scores: OpinionScores, systems: list[str]) -> tuple[Omnibus | None, list[str]]:
    """The test over all systems, or a note why there is none; two are a pair, with its own test."""
    if len(systems) <= 2:
        return None, []
    try:
        return omnibus(_columns(scores, systems)), []
    except ValueError as error:
        return None, [f"no test over all systems: {error}"]


def _columns(scores: OpinionScores, conditions: list[str]) -> Array:
    means = scores.listener_means()
    return np.asarray(means[:, [scores.conditions.index(c) for c in conditions]])


def _describe(scores: OpinionScores, condition: str, resample_items: bool) -> ConditionSummary:
    rated = scores.of_condition(condition)
    present = np.isfinite(rated).any(axis=1)
    means = _columns(scores, [condition])[present, 0]
    single = rated[np.isfinite(rated)]
    quartiles = np.quantile(single, [0.25, 0.5, 0.75])
    of_mean, of_median = (
        crossed_intervals(rated[present], np.random.default_rng(SEED))
        if resample_items
        else _listener_intervals(means)
    )
    return ConditionSummary(
        condition=condition,
        listeners=len(means),
        ratings=len(single),
        mean=float(means.mean()),
        sd=float(means.std(ddof=1)) if len(means) >= FEWEST else None,
        mean_t=t_interval(means),
        mean_bootstrap=of_mean,
        median=float(np.median(means)),
        median_bootstrap=of_median,
        rating_quartiles=(float(quartiles[0]), float(quartiles[1]), float(quartiles[2])),
    )


def _listener_intervals(means: Array) -> tuple[Interval | None, Interval | None]:
    """Of the mean and the median of listener means [listeners], by resampling listeners."""
    if len(means) < FEWEST:
        return None, None
    listeners = [str(number) for number in range(len(means))]
    resampling = Resampling(listeners, SEED, DRAWS, FEWEST)
    ends = (
        resampling.interval(np.asarray(means.mean()), resampling.means(means)),
        resampling.interval(np.asarray(np.median(means)), resampling.medians(means)),
    )
    of_mean, of_median = (Interval(float(low), float(high)) for low, high in ends)
    return of_mean, of_median


def _compare(scores: OpinionScores, systems: list[str], margin: float) -> tuple[Pair, ...]:
    """All pairs that enough listeners compared."""
    differences = {
        (first, second): scores.differences(first, second)
        for first, second in combinations(systems, 2)
    }
    differences = {pair: d for pair, d in differences.items() if len(d) >= FEWEST}
    generator = np.random.default_rng(SEED)
    p = np.array([signed_rank(d) for d in differences.values()])
    permuted = np.array([sign_flip(d, generator) for d in differences.values()])
    equivalent = np.array([equivalence(d, margin) for d in differences.values()])
    adjusted = [holm(family) for family in (p, permuted, equivalent)]
    return tuple(
        Pair(
            first=first,
            second=second,
            listeners=len(d),
            mean_difference=float(d.mean()),
            mean_difference_t=t_interval(d),
            shift=hodges_lehmann(d),
            shift_interval=shift_interval(d),
            rank_biserial=rank_biserial(d),
            wilcoxon_w=min(rank_sums(d)),
            p=float(p[row]),
            p_holm=float(adjusted[0][row]),
            p_permutation=float(permuted[row]),
            p_permutation_holm=float(adjusted[1][row]),
            p_equivalent=float(equivalent[row]),
            p_equivalent_holm=float(adjusted[2][row]),
        )
        for row, ((first, second), d) in enumerate(differences.items())
    )


def _notes(scores: OpinionScores, systems: list[str]) -> list[str]:
    notes = []
    listeners = len(scores.listeners)
    pairs = len(systems) * (len(systems) - 1) // 2
    if listeners < FEWEST:
        word = {0: "no listener", 1: "one listener", 2: "two listeners"}[listeners]
        notes.append(
            f"{word}: no interval and no test is given; they need {FEWEST} listeners at least"
        )
    elif pairs and (smallest := pairs * 2 / 2**listeners) > 0.05:
        notes.append(
            f"{listeners} listeners cannot show a difference: the smallest p that they can reach, "
            f"for the first of {pairs} pairs, is {min(smallest, 1):.2g} (Holm)"
        )
    if listeners and len(systems) < 2:
        word = "one system" if systems else "no system"
        notes.append(f"{word} under test: there is nothing to compare")
    unpaired = int(listeners - np.isfinite(_columns(scores, systems)).all(axis=1).sum())
    if unpaired:
        notes.append(
            f"{unpaired} of {listeners} listeners did not rate every system: a pair has only those "
            "who rated both on a common item"
        )
    return notes
