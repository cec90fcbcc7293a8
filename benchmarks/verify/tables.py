"""Differences between the tables of a run and what its journal and a second computation make."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..run.plan import Plan
from ..run.tables import rows_table
from ..store.journal import Find
from ..store.results import NOT_REACHED, UNDEFINED, is_failure

_WRITTEN = 1e-9  # relative, for numbers that went through a CSV file
_KEYS = ["condition", "item", "draw", "column"]


def row_differences(
    plan: Plan, find: Find, manifest: Mapping[str, Any], rows: pd.DataFrame
) -> Iterator[str]:
    """Values, failures and reasons that only one of table and journal has.

    Conditions and metrics that cannot be repeated here are left out: `repeatable` reports them.
    """
    failures = int(is_failure(rows).sum())
    if failures != manifest["failures"]:
        yield f"rows.csv: has {failures} failures, the manifest says {manifest['failures']}"
    doubled = rows[rows.duplicated(_KEYS)]
    yield from (f"{_place(row)}: stands twice in rows.csv" for _, row in doubled.iterrows())
    expected = rows_table(plan, find, {})
    both = expected.merge(
        rows[~_unknown(plan, manifest, rows, expected)].drop_duplicates(_KEYS),
        "outer", _KEYS, suffixes=("_journal", "_rows"), indicator="side",
    )  # fmt: skip
    for _, row in both[_unlike(both)].iterrows():
        yield f"{_place(row)}: {_difference(row)}"


def _unknown(
    plan: Plan, manifest: Mapping[str, Any], rows: pd.DataFrame, expected: pd.DataFrame
) -> "pd.Series[bool]":
    """Rows of conditions and metrics that the run has and that cannot be repeated here."""
    names = {entry["condition"] for entry in manifest["conditions"]}
    gone = names - {codec.condition for codec in plan.suite.codecs}
    unknown = rows["condition"].isin(gone)
    if len(plan.suite.metrics) < len(manifest["metrics"]):
        unknown |= ~rows["column"].isin(expected["column"])
    return unknown


def _unlike(both: pd.DataFrame) -> "pd.Series[bool]":
    ours, theirs = both["value_journal"], both["value_rows"]
    equal = (ours.isna() & theirs.isna()) | np.isclose(ours, theirs, rtol=_WRITTEN, atol=0)
    reason = both["error_journal"] == both["error_rows"]
    failed = both["error_journal"] == NOT_REACHED
    found = both["error_rows"].fillna("")
    reason |= failed & (found != "") & ~found.str.startswith(UNDEFINED)
    return ~(equal & reason & (both["side"] == "both"))


def _difference(row: "pd.Series[Any]") -> str:
    if row["side"] == "left_only":
        return "is not in rows.csv"
    if row["side"] == "right_only":
        return "is in rows.csv only"
    ours, theirs = (_shown(row[f"value_{side}"]) for side in ("journal", "rows"))
    if ours != theirs:
        return f"{theirs} in rows.csv, {ours} in the journal"
    reasons = (
        "a failure" if reason == NOT_REACHED else repr(reason)
        for reason in (row["error_rows"], row["error_journal"])
    )
    return "its error is {} in rows.csv, {} in the journal".format(*reasons)


def _place(row: "pd.Series[Any]") -> str:
    return f"{row['condition']}, {row['item']}, draw {row['draw']}, {row['column']}"


def _shown(value: float) -> str:
    return "no value" if pd.isna(value) else f"{value:.9g}"


def table_differences(
    path: Path, written: pd.DataFrame | None, made: pd.DataFrame
) -> Iterator[str]:
    """Cells of a table that are not what rows, journal and recordings make."""
    if written is None:
        yield f"{path.name}: is missing"
        return
    if list(written.columns) != list(made.columns) or len(written) != len(made):
        yield f"{path.name}: has not the lines and columns that rows and journal make"
        return
    for column in made:
        for line, (found, wanted) in enumerate(zip(written[column], made[column], strict=True)):
            if pd.isna(found) and pd.isna(wanted):
                continue
            text = isinstance(found, str) or isinstance(wanted, str)
            equal = found == wanted if text else np.isclose(found, wanted, rtol=_WRITTEN, atol=0)
            if not equal:
                name = str(made.iloc[line, 0])
                yield f"{path.name}, {name}, {column}: {found}; rows and journal make {wanted}"
