"""One condition alone, a line for each column: its mean, its interval, how many items it has."""

from typing import Any

import pandas as pd

from ...benchmarks.store.scores import Scores, records
from ..columns import ARROWS, in_order, look
from .leaderboard import mean
from .printed import show_lines

HEAD = ("column", "mean", "95 %", "n/N")


def means_table(scores: Scores, condition: str) -> pd.DataFrame:
    """Columns `column, mean, low, high, n, N`: means over the items that have a value.

    low, high  95 % interval over speakers; empty where there are too few
    """
    lines = []
    for column in scores.directions:
        items = scores.of(column)[condition].dropna().index
        found = mean(scores, column, condition, items) if len(items) else [float("nan")] * 3
        lines.append((column, *found, len(items), len(scores.items)))
    return pd.DataFrame(lines, columns=["column", "mean", "low", "high", "n", "N"])


def show_means(table: pd.DataFrame) -> str:
    """The table as fixed-width text, in the order of printed tables."""
    lines = {line["column"]: line for line in records(table)}
    return show_lines([HEAD, *(_cells(lines[column]) for column in in_order(lines))], left=1)


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    column = look(str(line["column"]))
    mean, low, high = (
        "-" if pd.isna(line[key]) else f"{line[key]:.{column.digits}f}"
        for key in ("mean", "low", "high")
    )
    name = f"{column.name} {ARROWS[column.direction]}".rstrip()
    interval = "-" if low == "-" else f"[{low}, {high}]"
    return name, mean, interval, f"{line['n']}/{line['N']}"
