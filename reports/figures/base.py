"""What a figure of a run's report is: a name, a place, and a function from tables to pictures."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ...benchmarks.store.scores import Scores
from .style import Picture


@dataclass(frozen=True)
class Given:
    """What is drawn.

    Attributes:
        scores: every value of the run.
        table: the leaderboard (`tables.leaderboard`).
        costs: real-time factors, parameters and the like (`store.costs`); empty if not measured.
        families: of codecs, by condition, where that is known.
        title: of the run.
    """

    scores: Scores
    table: pd.DataFrame
    costs: pd.DataFrame
    families: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """One kind of figure.

    Attributes:
        name: how messages call it.
        place: in the report, the lowest first.
        draw: the pictures; none where what is given holds nothing to draw.
        narrow: can it be as wide as a paper's column? A matrix is as wide as it must be.
    """

    name: str
    place: int
    draw: Callable[[Given], Iterator[Picture]]
    narrow: bool = True


def counted(table: pd.DataFrame, columns: Iterable[str]) -> str:
    """Of how many items the means of these columns are, n/N: `45/45 items`, `44–45/45 items`.

    Args:
        table: lines of a leaderboard, and its columns of counts.
        columns: that are drawn.
    """
    counts = [int(table[f"{column}_n"].max()) for column in columns]
    low, high, total = min(counts, default=0), max(counts, default=0), int(table["N"].max())
    return f"{low}/{total} items" if low == high else f"{low}–{high}/{total} items"


def of_items(table: pd.DataFrame, columns: Iterable[str]) -> str:
    """The same as a sentence of a caption."""
    return f"n/N: {counted(table, columns)}, those that all codecs here have."
