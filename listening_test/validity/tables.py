"""The CSV tables of a comparison of metrics and listeners."""

from collections.abc import Sequence
from dataclasses import astuple

from ...benchmarks.statistics.coefficients import KINDS
from ..report_files import csv_text, ends, rejected_table
from .agreement import ColumnValidity
from .compared import Compared
from .sentences import ordered


def csv_tables(columns: Sequence[ColumnValidity], compared: Compared) -> dict[str, str]:
    """The CSV files by name."""
    return {
        "coefficients.csv": _coefficients(columns, compared),
        "errors.csv": _errors(columns),
        "reversals.csv": csv_text(
            ["column", "preferred", "other", "rated", "p_rated", "measured", "p_measured", "sure"],
            ([c.column, *astuple(r), int(r.sure)] for c in ordered(columns) for r in c.reversals),
        ),
        "conditions.csv": _conditions(columns, compared),
        "rejected.csv": rejected_table(compared.opinions.rejected, "ratings"),
    }


_COEFFICIENTS = (
    *("column", "better", "level", "recordings", "points", "kind", "value"),
    *("items_low", "items_high", "conditions_low", "conditions_high", "pairs", "reversals"),
)
_ERRORS = (
    *("column", "level", "order", "points", "rmse", "rmse_star", "outlier_ratio"),
    *("low", "high", "c0", "c1", "c2", "c3"),
)


def _coefficients(columns: Sequence[ColumnValidity], compared: Compared) -> str:
    rows: list[list[object]] = []
    for c in ordered(columns):
        for level in c.levels:
            for kind in KINDS:
                found = level.coefficients[kind]
                rows.append(
                    [
                        *(c.column, c.direction, level.name),
                        *("same" if compared.shared else "others", level.points, kind),
                        *(found.value, *ends(found.over_items), *ends(found.over_conditions)),
                        *(c.pairs, len(c.reversals)),
                    ]
                )
    return csv_text(_COEFFICIENTS, rows)


def _errors(columns: Sequence[ColumnValidity]) -> str:
    rows: list[list[object]] = []
    for c in ordered(columns):
        for level in c.levels:
            for error in level.errors:
                d, m = error.deviation, error.mapping
                left = (d.points, d.rmse, d.rmse_star, d.outlier_ratio) if d else (None,) * 4
                rows.append(
                    [c.column, level.name, error.order, *left, m.low, m.high, *m.coefficients]
                )
    return csv_text(_ERRORS, rows)


def _conditions(columns: Sequence[ColumnValidity], compared: Compared) -> str:
    """Mean opinion over all recordings, and the mean of every column, by condition."""
    tables = ordered(columns)
    known = compared.opinions.cells() == compared.opinions.cells()
    rated = compared.rated(known)
    half = compared.half_widths(known, by_item=False)
    return csv_text(
        ["condition", "rated_as", "score", "half_width", *(c.column for c in tables)],
        (
            [name, compared.names[name], float(rated[k]), float(half[k])]
            + [c.values.get(name) for c in tables]
            for k, name in enumerate(compared.conditions)
        ),
    )
