"""The CSV tables of an analysis: the fields of its records, an interval as its two ends."""

from collections.abc import Mapping
from dataclasses import asdict, fields

from ...benchmarks.statistics.coefficients import KINDS
from ..report_files import csv_text, ends, rejected_table
from ..schema import Reading
from .analysis import Analysis, ConditionSummary
from .correlation import ColumnReport
from .pairs import Pair
from .screening import Screening


def csv_tables(
    reading: Reading,
    screening: Screening,
    before: Analysis,
    after: Analysis,
    correlations: tuple[ColumnReport, ...],
) -> dict[str, str]:
    """The CSV files by name."""
    stages = (("all listeners", before), ("after screening", after))
    found = {
        "conditions.csv": csv_text(
            ["listeners_counted", *_columns(ConditionSummary)],
            ([stage, *_flat(s)] for stage, a in stages for s in a.conditions),
        ),
        "pairs.csv": csv_text(
            ["listeners_counted", *_columns(Pair)],
            ([stage, *_flat(pair)] for stage, a in stages for pair in a.pairs),
        ),
        "listeners.csv": listeners_table(screening, reading.participants),
        "ratings.csv": csv_text(
            ["listener", "item", "condition", "score", "trial", "plays", "seconds"],
            (list(asdict(rating).values()) for rating in reading.ratings),
        ),
        "rejected.csv": rejected_table(reading.rejected, "ratings"),
    }
    if correlations:
        found["correlations.csv"] = _correlation_table(correlations)
    return found


def listeners_table(screening: Screening, participants: Mapping[str, str] | None = None) -> str:
    """`listeners.csv`: who was excluded, and why; with participants' ids where a test has them."""
    header = ["listener", "items", "excluded", "reasons", "remarks"]
    rows = (
        [v.listener, v.items, int(v.excluded), "; ".join(v.reasons), "; ".join(v.remarks)]
        for v in screening.verdicts
    )
    if participants is None:
        return csv_text(header, rows)
    return csv_text(
        [*header, "participant"], ([*row, participants.get(str(row[0]), "")] for row in rows)
    )


def _correlation_table(reports: tuple[ColumnReport, ...]) -> str:
    return csv_text(
        [
            "column",
            "direction",
            "level",
            "points",
            "kind",
            "value",
            "low",
            "high",
            "pairs",
            "flips",
        ],
        (
            [
                report.column,
                report.direction,
                level,
                points,
                kind,
                by_kind[kind].value,
                *ends(by_kind[kind].interval),
                report.pairs,
                len(report.flips),
            ]
            for report in reports
            for level, points, by_kind in (
                ("stimuli", report.stimuli, report.by_stimulus),
                ("conditions", report.conditions, report.by_condition),
            )
            for kind in KINDS
        ),
    )


_INTERVALS = (
    *("mean_t", "mean_bootstrap", "median_bootstrap"),
    *("interval", "mean_difference_t", "shift_interval"),
)


def _columns(record: type[ConditionSummary] | type[Pair]) -> list[str]:
    """Column names: an interval has a low and a high end, quartiles are three."""
    names = []
    for f in fields(record):
        if f.name in _INTERVALS:
            names += [f"{f.name}_low", f"{f.name}_high"]
        elif f.name == "rating_quartiles":
            names += ["rating_q1", "rating_median", "rating_q3"]
        else:
            names.append(f.name)
    return names


def _flat(record: ConditionSummary | Pair) -> list[object]:
    """The values of `_columns`."""
    values: list[object] = []
    for f in fields(record):
        value = getattr(record, f.name)
        if f.name in _INTERVALS:
            values += ends(value)
        elif f.name == "rating_quartiles":
            values += value
        else:
            values.append(value)
    return values
