"""What a figure of a run's report is: a name, a place, and a function from tables to pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    """

    scores: Scores
    table: pd.DataFrame
    costs: pd.DataFrame


@dataclass(frozen=True)
class Figure:
    """One kind of figure.

    Attributes:
        name: how messages call it.
        place: in the report, the lowest first.
        draw: the pictures; none where what is given holds nothing to draw.
    """

    name: str
    place: int
    draw: Callable[[Given], Iterator[Picture]]
