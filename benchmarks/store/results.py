"""Rows: every value that a run measured, and every one that it could not; `rows.csv`."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from .received import WIDEST, read_table
from .run_directory import RunDirectory, RunError

ROW_COLUMNS = ("condition", "item", "draw", "column", "value", "error")
RATE_COLUMNS = ("seconds", "payload_bits", "container_bits", "entropy_bits")
TOKEN_COLUMNS = (  # of a leaderboard: see `run.token_use`
    *("frames_per_second", "tokens_per_second", "bits_per_token"),
    *("codebook_use", "codebook_perplexity", "entropy0_kbps", "entropy1_kbps"),
)
NOT_REACHED = "not reached"  # the error of a value whose failure is not known
MOST_DRAWS = 1000  # of an item
COPIED = "decoded audio is the recording itself, sample for sample"  # a finding of the checks
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


def read_rows(directory: RunDirectory) -> pd.DataFrame:
    """The rows of a finished run.

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: it is not one of rows, or has a draw or a value that none can be.
    """
    path = directory.rows
    rows = read_table(
        directory.root,
        path,
        dtype={"condition": str, "item": str, "column": str, "error": str},
        keep_default_na=False,  # an item may be called "NA"
        na_values={"value": [""]},
    )
    if tuple(rows.columns) != ROW_COLUMNS:
        raise ValueError(f"{path}: not rows: its columns are {', '.join(map(str, rows.columns))}")
    if rows.empty:
        raise ValueError(f"{path}: has no line")
    if rows["value"].dtype.kind not in "if":
        raise RunError(f"{path}: has values that are not numbers")
    if rows["draw"].dtype.kind != "i" or not rows["draw"].between(0, MOST_DRAWS - 1).all():
        raise RunError(f"{path}: has draws that are not numbers from 0 to {MOST_DRAWS - 1}")
    for wrong, allowed in _impossible(rows):
        if wrong.any():
            row = rows[wrong].iloc[0]
            place = f"{row['condition']}, {row['item']}, {row['column']}"
            raise RunError(f"{path}: {place}: {row['value']:g} is no value; {allowed}")
    return rows.astype({"value": float})


def _impossible(rows: pd.DataFrame) -> "Iterator[tuple[pd.Series[bool], str]]":
    """Rows whose values nothing can have measured, and what is allowed."""
    values, columns = rows["value"], rows["column"]
    yield values.abs() > WIDEST, f"values are numbers of at most {WIDEST:g}, or nothing"
    yield (columns == RATE_COLUMNS[0]) & (values <= 0), "a recording lasts more than 0 s"
    yield columns.isin(RATE_COLUMNS) & (values < 0), "bits are counted from 0"
