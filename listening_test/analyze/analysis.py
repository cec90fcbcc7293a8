"""What the scores mean: every condition's level, and every pair of systems' difference.

The unit is the listener: a listener's ratings are averaged over items before any spread is taken,
for ratings of one listener are alike. All conditions are described; only systems are tested,
neither hidden reference nor anchors. A pair is compared on the items that a listener rated for
both, and its p-values are adjusted by Holm over all pairs. What too few listeners cannot tell is
None, and a note says so.
"""

from dataclasses import dataclass

import numpy as np

from ...benchmarks.statistics.bootstrap import Resampling
from ...benchmarks.statistics.crossed import DRAWS, crossed_intervals
from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.intervals import FEWEST, Interval, t_interval
from ...benchmarks.statistics.omnibus import Omnibus, omnibus
from ...benchmarks.statistics.sign_flip import fewest_differences, smallest_p
from ..schema import is_system
from .opinion_scores import OpinionScores
from .pairs import SEED, Pair, compare_pairs

ALPHA = 0.05
MARGIN = 5.0
SCALE = (0.0, 100.0)


@dataclass(frozen=True)
class ConditionSummary:
    """One condition over listener means, and the quartiles of its single ratings.

    `mean_t` and `mean_bootstrap` are 95 % intervals of the mean, `median_bootstrap` of the median
    of listener means; none leaves the scale. Quartiles interpolate linearly (numpy's default); they
    describe, and have no interval.
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
        resample_items: bootstrap intervals and pairs for other items like these, not for these.
    """
    described = [
        _describe(scores, condition, resample_items)
        for condition in scores.conditions
        if np.isfinite(scores.of_condition(condition)).any()
    ]
    described.sort(key=lambda summary: -summary.mean)
    systems = [s.condition for s in described if is_system(s.condition)]
    notes = _notes(scores, systems, resample_items)
    if resample_items and (lost := [s.condition for s in described if s.mean_bootstrap is None]):
        notes.append(f"no bootstrap interval over listeners and items for {', '.join(lost)}")
    test, refusal = _test_all(scores, systems)
    notes += refusal
    pairs = compare_pairs(scores, _rated_enough(scores, systems), margin, resample_items)
    if resample_items and (lost_pairs := sum(p.interval is None for p in pairs)):
        notes.append(f"no test over listeners and items for {lost_pairs} pairs of systems")
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
    kept, notes = _rated_enough(scores, systems), []
    if (few := len(systems) - len(kept)) and len(scores.listeners) >= FEWEST:
        notes.append(
            f"{few} of {len(systems)} systems were rated by fewer than {FEWEST} listeners: no test "
            "has them"
        )
    systems = kept
    if len(systems) <= 2:
        return None, notes
    means = scores.common_means(systems)
    rated = np.isfinite(_columns(scores, systems)).sum(axis=1) >= 2
    lost = int((rated & (np.isfinite(means).sum(axis=1) < 2)).sum())
    if lost:
        notes.append(
            f"{lost} listeners rated no item for all of their systems: the test over all systems "
            "leaves them out"
        )
    try:
        return omnibus(means), notes
    except ValueError as error:
        return None, [*notes, f"no test over all systems: {error}"]


def _rated_enough(scores: OpinionScores, systems: list[str]) -> list[str]:
    """Systems of which a test could say something: one stray rating must not decide about all."""
    raters = np.isfinite(_columns(scores, systems)).sum(axis=0)
    return [name for name, count in zip(systems, raters, strict=True) if count >= FEWEST]


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
        mean_t=_on_scale(t_interval(means)),
        mean_bootstrap=_on_scale(of_mean),
        median=float(np.median(means)),
        median_bootstrap=_on_scale(of_median),
        rating_quartiles=(float(quartiles[0]), float(quartiles[1]), float(quartiles[2])),
    )


def _on_scale(interval: Interval | None) -> Interval | None:
    return interval and interval.within(*SCALE)


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


def _notes(scores: OpinionScores, systems: list[str], resample_items: bool) -> list[str]:
    notes = []
    listeners = len(scores.listeners)
    rated = len(_rated_enough(scores, systems))
    pairs = rated * (rated - 1) // 2
    if listeners < FEWEST:
        word = {0: "no listener", 1: "one listener", 2: "two listeners"}[listeners]
        notes.append(
            f"{word}: no interval and no test is given; they need {FEWEST} listeners at least"
        )
    elif pairs and not resample_items and (smallest := pairs * smallest_p(listeners)) > ALPHA:
        needed = fewest_differences(ALPHA / pairs)
        notes.append(
            f"{listeners} listeners cannot show a difference: the smallest p that they can reach, "
            f"for the first of {pairs} pairs, is {min(smallest, 1):.2g} (Holm); "
            f"{needed or 'no number of them'} could"
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
    common, own = scores.common_means(systems), _columns(scores, systems)
    if systems and not np.array_equal(common, own, equal_nan=True):
        notes.append(
            "systems were not all rated on the same items: their means do not compare; pairs, and "
            "the test over all systems, take common items only"
        )
    return notes
