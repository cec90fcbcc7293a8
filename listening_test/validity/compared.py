"""A run and the ratings of a listening test, brought opposite each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...benchmarks.statistics.gaps import Array, mean_of_known
from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.results import RATE_COLUMNS
from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import Scores
from ..schema import ResultsError
from .matching import match
from .opinions import Opinions
from .reversals import Chance, of_listeners


@dataclass(frozen=True)
class Table:
    """Values of one column [items, conditions], NaN where missing, and their weights in a mean."""

    column: str
    direction: str
    values: Array = field(repr=False)
    weights: Array = field(repr=False)

    def known(self, compared: "Compared") -> NDArray[np.bool_]:
        """Which cells count: [items, conditions] of the run; rated ones, if items are shared."""
        measured = np.isfinite(self.values)
        cells = np.isfinite(compared.opinions.cells())
        return measured & (cells if compared.shared else cells.any(axis=0))

    def means(self, known: NDArray[np.bool_]) -> Array:
        """Mean of each condition [conditions] over cells that count; NaN where there are none."""
        weights = np.where(known, self.weights, 0.0)
        total = weights.sum(axis=0)
        summed = np.where(known, self.values * weights, 0.0).sum(axis=0)
        return np.asarray(
            np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
        )


@dataclass(frozen=True)
class Compared:
    """The two sides, in one order.

    Attributes:
        root: of the run.
        conditions: of the run, that have ratings.
        names: of the ratings, by condition.
        opinions: of these conditions, under the run's names; of `items`, if they are shared.
        items: of the run; those that were rated, if any was.
        clusters: their speakers, or themselves.
        shared: are the recordings those that listeners heard?
        tables: one for each column that was measured.
        unrated, unmeasured: conditions that only one side has.
    """

    root: Path
    conditions: tuple[str, ...]
    names: Mapping[str, str]
    opinions: Opinions = field(repr=False)
    items: tuple[str, ...]
    clusters: tuple[str, ...] = field(repr=False)
    shared: bool
    tables: tuple[Table, ...] = field(repr=False)
    unrated: tuple[str, ...]
    unmeasured: tuple[str, ...]

    def rated(self, known: NDArray[np.bool_]) -> Array:
        """Mean opinion of each condition [conditions], over the items that count for a column."""
        cells = self.opinions.cells()
        return mean_of_known(np.where(known, cells, np.nan) if self.shared else cells, axis=0)

    def half_widths(self, known: NDArray[np.bool_], by_item: bool) -> Array:
        """95 % half widths of opinions, of cells or of conditions; `Opinions.half_widths`."""
        every = np.ones(self.opinions.shape, dtype=bool)
        return self.opinions.half_widths(known if self.shared else every, by_item)

    def chance(self, known: NDArray[np.bool_]) -> Chance | None:
        """P of the listeners' differences over the items that count; None if nobody is named."""
        if not (self.opinions.listeners and self.opinions.items):
            return None
        scores = self.opinions.by_listener()
        return of_listeners(np.where(known, scores, np.nan) if self.shared else scores)


def compare(root: Path, opinions: Opinions, given: Mapping[str, str]) -> Compared:
    """A run opposite ratings.

    Args:
        root: of the run.
        opinions: of a test.
        given: rated names and the run's conditions that they stand for.

    Raises:
        ResultsError: no finished run; too few conditions in common; names that do not exist.
    """
    try:
        scores = read_run(root).scores
    except RunError as error:
        raise ResultsError(str(error)) from error
    matched = match(opinions.conditions, list(scores.conditions), given)
    conditions, rated = tuple(matched.values()), list(matched)
    items = tuple(item for item in scores.items if item in set(opinions.items))
    shared = bool(items)
    items = items or tuple(scores.items)
    sides = opinions.of_conditions(rated)
    sides = sides.of_items(items) if shared else sides
    return Compared(
        root=root,
        conditions=conditions,
        names={condition: name for name, condition in matched.items()},
        opinions=replace(sides, conditions=conditions),
        items=items,
        clusters=tuple(scores.clusters_of(items)),
        shared=shared,
        tables=_tables(scores, conditions, items, shared),
        unrated=tuple(name for name in scores.conditions if name not in conditions),
        unmeasured=tuple(name for name in opinions.conditions if name not in rated),
    )


def _tables(
    scores: Scores, conditions: tuple[str, ...], items: tuple[str, ...], shared: bool
) -> tuple[Table, ...]:
    """Values of the columns: of what listeners heard, the first draw; else the mean of all."""
    part = scores.part(conditions, draw=0 if shared else None)
    counts = {*RATE_COLUMNS, *part.denominators.values()}
    return tuple(
        Table(
            column,
            direction,
            part.of(column).loc[list(items), list(conditions)].to_numpy(dtype=np.float64),
            part.weights(column).loc[list(items), list(conditions)].to_numpy(dtype=np.float64),
        )
        for column, direction in part.directions.items()
        if column in part.measured and column not in counts
    )
