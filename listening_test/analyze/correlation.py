"""Do objective metrics agree with listeners? Correlations, and pairs in another order.

Two levels, over systems only (hidden reference and anchors would stretch every correlation):
    stimuli      one point per item and condition: the mean score of its listeners
    conditions   one point per condition: the mean over the items that both sides have

Pearson's r, Spearman's rho and Kendall's tau-b keep the metric's own sign: a distance correlates
negatively. Their 95 % intervals are bootstrap quantiles, listeners and items both resampled;
conditions are taken as they are. A flip is a pair of conditions that a metric ranks the other way
round than the listeners' means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...benchmarks.statistics.bootstrap import cluster_counts
from ...benchmarks.statistics.coefficients import KINDS, coefficient
from ...benchmarks.statistics.gaps import Array, mean_of_known
from ...benchmarks.statistics.intervals import FEWEST, Interval, quantile_interval, widened_tail
from ..schema import ResultsError
from .objective import ObjectiveValues
from .opinion_scores import OpinionScores
from .pairs import SEED, Pair

DRAWS = 1000

Sample = tuple[Array, Array]  # opinions and values [draws, points]


@dataclass(frozen=True)
class Correlation:
    """A coefficient with its 95 % interval; None where it does not exist."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Flip:
    """Listeners rate `preferred` above `other`; the metric says the reverse.

    `p_holm` is of the listeners' comparison, None where there was none.
    """

    preferred: str
    other: str
    score_difference: float
    p_holm: float | None


@dataclass(frozen=True)
class ColumnReport:
    """One objective column against the ratings; correlations by kind, `KINDS`.

    `direction` is the metric's: "higher", "lower", or "none" for a column without a better end,
    for which flips do not exist.
    """

    column: str
    direction: str
    stimuli: int
    by_stimulus: Mapping[str, Correlation]
    conditions: int
    by_condition: Mapping[str, Correlation]
    pairs: int
    flips: tuple[Flip, ...]


def correlate(
    scores: OpinionScores,
    objective: ObjectiveValues,
    directions: Mapping[str, str],
    pairs: tuple[Pair, ...] = (),
) -> tuple[tuple[ColumnReport, ...], tuple[str, ...]]:
    """Every column's report, and notes on the columns that cannot have one.

    Args:
        scores: of the listeners that count.
        objective: values by column, item and condition.
        directions: of the columns.
        pairs: the listeners' comparisons, for the p values of flips.
    """
    reports, notes = [], []
    for missing, why in (
        (not scores.listeners, "no listener is left after post-screening"),
        (not scores.systems, "no system is under test"),
        (not objective, "the run has no objective value"),
    ):
        if missing:
            return (), (f"Not computed: {why}",)
    for column, values in objective.items():
        table = np.array(
            [[values.get((i, c), np.nan) for c in scores.systems] for i in scores.items]
        ).reshape(len(scores.items), len(scores.systems))
        rated = np.stack([scores.of_condition(c) for c in scores.systems], axis=2)
        both = np.isfinite(table) & np.isfinite(rated).any(axis=0)
        if both.any():
            reports.append(_report(column, directions, scores.systems, rated, table, pairs))
        else:
            notes.append(f"{column}: no item and condition has both a value and a rating")
    return tuple(reports), tuple(notes)


def check_common(scores: OpinionScores, objective: ObjectiveValues) -> None:
    """Refuse a run that is not of this test.

    Args:
        scores: of all listeners: those whom post-screening excludes rated the run's outputs, too.
        objective: values by column, item and condition.

    Raises:
        ResultsError: no rated item and condition of a system has a value.
    """
    valued = {cell for values in objective.values() for cell in values}
    rated = {(item, system) for item in scores.items for system in scores.systems}
    if valued and rated and not valued & rated:
        raise ResultsError(
            "the run has none of the rated items and conditions: it has items such as "
            f"{', '.join(sorted({item for item, _ in valued})[:3])}, the ratings have "
            f"{', '.join(scores.items[:3])}"
        )


def _report(
    column: str,
    directions: Mapping[str, str],
    systems: tuple[str, ...],
    rated: Array,
    table: Array,
    pairs: tuple[Pair, ...],
) -> ColumnReport:
    """Report of one column: `rated` [listeners, items, systems], `table` [items, systems]."""
    items = np.isfinite(table).any(axis=1)
    rated, table = rated[:, items], table[items]
    opinion = np.where(np.isfinite(table), mean_of_known(rated, axis=0), np.nan)
    table = np.where(np.isfinite(opinion), table, np.nan)
    mean_opinion, mean_value = mean_of_known(opinion, axis=0), mean_of_known(table, axis=0)
    by_stimulus, by_condition = _correlations(
        _draw(rated, table) if min(rated.shape[:2]) >= FEWEST else None,
        ((opinion.reshape(1, -1), table.reshape(1, -1)), (mean_opinion[None], mean_value[None])),
        min(rated.shape[:2]),
    )
    direction = directions.get(column, "none")
    compared, flips = _flips(systems, mean_opinion, mean_value, direction, pairs)
    return ColumnReport(
        column=column,
        direction=direction,
        stimuli=int(np.isfinite(opinion).sum()),
        by_stimulus=by_stimulus,
        conditions=int(np.isfinite(mean_opinion).sum()),
        by_condition=by_condition,
        pairs=compared,
        flips=flips,
    )


def _correlations(
    drawn: tuple[Sample, Sample] | None, observed: tuple[Sample, Sample], clusters: int
) -> list[dict[str, Correlation]]:
    """Correlations by kind, of stimuli and of conditions; intervals where samples were drawn."""
    levels = []
    for level, points in enumerate(observed):
        by_kind = {}
        for kind in KINDS:
            value = float(coefficient(kind, *points)[0])
            interval = None
            if drawn and np.isfinite(value):
                draws = coefficient(kind, *drawn[level])
                interval = quantile_interval(draws, widened_tail(clusters))
            by_kind[kind] = Correlation(value if np.isfinite(value) else None, interval)
        levels.append(by_kind)
    return levels


def _draw(rated: Array, table: Array) -> tuple[Sample, Sample]:
    """Bootstrap samples (opinions, values): stimuli [draws, items * systems], then conditions."""
    generator = np.random.default_rng(SEED)
    listeners, items = rated.shape[:2]
    weights = cluster_counts(listeners, DRAWS, generator)
    known = np.isfinite(rated)
    count = np.einsum("bl,lis->bis", weights, known.astype(float), optimize=True)
    total = np.einsum("bl,lis->bis", weights, np.where(known, rated, 0.0), optimize=True)
    opinion = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    picked = generator.integers(0, items, (DRAWS, items))
    opinion = np.take_along_axis(opinion, picked[:, :, None], axis=1)
    value = np.where(np.isfinite(opinion), table[picked], np.nan)
    opinion = np.where(np.isfinite(value), opinion, np.nan)
    stimuli = opinion.reshape(DRAWS, -1), value.reshape(DRAWS, -1)
    return stimuli, (mean_of_known(opinion, axis=1), mean_of_known(value, axis=1))


def _flips(
    systems: tuple[str, ...],
    opinion: Array,
    value: Array,
    direction: str,
    pairs: tuple[Pair, ...],
) -> tuple[int, tuple[Flip, ...]]:
    """How many pairs of conditions have both sides, and those whose order differs."""
    if direction == "none":
        return 0, ()
    p_values = {frozenset((p.first, p.second)): p.p_holm for p in pairs}
    compared, flips = 0, []
    for a, b in combinations(range(len(systems)), 2):
        scores = opinion[a] - opinion[b]
        merit = (value[a] - value[b]) * (1 if direction == "higher" else -1)
        if not np.isfinite(scores * merit):
            continue
        compared += 1
        if scores * merit < 0:
            better, worse = (a, b) if scores > 0 else (b, a)
            names = systems[better], systems[worse]
            flips.append(Flip(*names, abs(float(scores)), p_values.get(frozenset(names))))
    return compared, tuple(sorted(flips, key=lambda flip: -flip.score_difference))
