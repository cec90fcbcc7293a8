"""The leaderboard by groups of items: by language, sex, speaker, corpus, any column of a manifest.

`leaderboard_by_COLUMN.csv`: the column, then those of a leaderboard, for each group and condition.
A group is what shares a cell; "" is one, too. Means, intervals and N are of its items alone.
There are no ranks: groups have few speakers, and tests in each of them would be many. Whether
groups differ, intervals that overlap do not tell.

What is told of a condition's tokens is of all items, and left out.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from ...benchmarks.store.results import TOKEN_COLUMNS
from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import Scores, records
from ..columns import look, overview
from .leaderboard import leaderboard

MOST = 64  # groups
UNKNOWN = "unknown"
_OWN = ("speaker", "sex", "language")  # columns that every run knows


class Split(NamedTuple):
    """The leaderboard by groups.

    Attributes:
        column: of the manifest, whose cells make the groups.
        items: how many each group has, by its cell.
        table: `leaderboard_by_COLUMN.csv`.
    """

    column: str
    items: dict[str, int]
    table: pd.DataFrame

    @property
    def name(self) -> str:
        """Of its files, without the suffix."""
        return "leaderboard_by_" + (re.sub(r"[^\w-]+", "_", self.column) or "_")


def split(scores: Scores, column: str) -> Split:
    """The leaderboard of a run by a column of its items.

    Raises:
        RunError: the items have no such column, or as good as each has a cell of its own.
    """
    known = {name: _cells(scores, name) for name in _columns(scores)}
    if column not in known or not any(known[column].values()):
        told = ", ".join(name for name, cells in known.items() if any(cells.values()))
        raise RunError(f"no item has a {column!r} to split by; they have: {told or 'nothing'}")
    groups: dict[str, list[str]] = {}
    for item, cell in sorted(known[column].items(), key=lambda pair: pair[1]):
        groups.setdefault(cell, []).append(item)
    if len(groups) > MOST:
        raise RunError(f"{column!r} makes {len(groups)} groups; at most {MOST} make a table")
    tables = []
    for cell, items in groups.items():
        part = leaderboard(scores.among(items), {}).drop(columns=list(TOKEN_COLUMNS))
        part.insert(0, column, cell, allow_duplicates=True)
        tables.append(part)
    return Split(column, {c: len(i) for c, i in groups.items()}, pd.concat(tables))


def cells_by_column(found: Split) -> Iterator[tuple[str, list[list[str]]]]:
    """A table of each of the columns that show the most, by its long name.

    Its first line is the groups with their items; then conditions, each mean with its interval.
    """
    groups = found.table.iloc[:, 0]
    parts = {cell: found.table[groups == cell].iloc[:, 1:] for cell in found.items}
    listed = next(iter(parts.values()))
    measured = [c for c in map(str, listed) if f"{c}_lo" in listed and _any(parts, c)]
    for column in overview(measured):
        head = [f"{cell or UNKNOWN} ({count})" for cell, count in found.items.items()]
        lines = {str(name): [str(name)] for name in listed["condition"]}
        for part in parts.values():
            for line in records(part):
                lines[line["condition"]].append(_cell(line, column))
        yield look(column).title, [["condition", *head], *lines.values()]


def split_markdown(found: Split) -> str:
    """The same tables as Markdown."""
    text = [f"# By {found.column}", "Means with 95 % intervals over speakers; in brackets, items."]
    for title, lines in cells_by_column(found):
        rule = [":--", *("--:" for _ in lines[0][1:])]
        cells = [
            [cell.replace("|", "\\|") for cell in line] for line in (lines[0], rule, *lines[1:])
        ]
        text += [f"## {title}", "\n".join(f"| {' | '.join(line)} |" for line in cells)]
    return "\n\n".join(text) + "\n"


def _columns(scores: Scores) -> list[str]:
    others = (name for entry in scores.items.values() for name in entry.get("columns", {}))
    return list(dict.fromkeys((*_OWN, *others)))


def _cells(scores: Scores, column: str) -> dict[str, str]:
    return {
        item: str((entry if column in _OWN else entry.get("columns", {})).get(column, ""))
        for item, entry in scores.items.items()
    }


def _any(parts: dict[str, pd.DataFrame], column: str) -> bool:
    return any(part[column].notna().any() for part in parts.values())


def _cell(line: dict[str, Any], column: str) -> str:
    digits = look(column).digits
    mean, low, high = (line[f"{column}{end}"] for end in ("", "_lo", "_hi"))
    if pd.isna(mean):
        return "-"
    interval = "" if pd.isna(low) else f" [{low:.{digits}f}, {high:.{digits}f}]"
    return f"{mean:.{digits}f}{interval}"
