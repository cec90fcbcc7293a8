"""Rows: every value that a run measured, and every one that it could not; `rows.csv`."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

ROW_COLUMNS = ("condition", "item", "draw", "column", "value", "error")
RATE_COLUMNS = ("seconds", "payload_bits", "container_bits", "entropy_bits")
NOT_REACHED = "not reached"  # the error of a value whose failure is not known
UNDEFINED = "undefined: "  # starts the error of a value that does not exist: not a failure


class Row(NamedTuple):
    """One measured value; NaN with its reason where there is none."""

    condition: str
    item: str
    draw: int
    column: str
    value: float
    error: str = ""


def is_failure(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are failures: an error that is not just an undefined quantity."""
    errors = rows["error"].fillna("")
    return (errors != "") & ~errors.str.startswith(UNDEFINED)


def read_rows(path: Path) -> pd.DataFrame:
    """The rows of a finished run.

    Raises:
        ValueError: the file is not one of rows.
    """
    rows = pd.read_csv(
        path,
        dtype={"condition": str, "item": str, "column": str, "error": str},
        keep_default_na=False,  # an item may be called "NA"
        na_values={"value": [""]},
    )
    if tuple(rows.columns) != ROW_COLUMNS:
        raise ValueError(f"{path}: not rows: its columns are {', '.join(rows.columns)}")
    return rows
