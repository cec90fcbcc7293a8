"""What listeners said of each condition and item, whatever the test: the side of the ratings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.intervals import LEVEL, student
from ..schema import Rejected

Index = NDArray[np.intp]


class Score(Protocol):
    """A score of one listener for one condition of one item: `schema.Rating` and `votes.Vote`."""

    @property
    def listener(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def score(self) -> float: ...


@dataclass(frozen=True)
class Opinions:
    """All scores of one listening test.

    Attributes:
        test: "mushra", "acr" or "dcr".
        listeners: names; empty where the scores do not name them.
        items: names; empty where the scores do not name them.
        conditions: names, as the ratings have them.
        listener, item, condition: of each score [n], as numbers from 0.
        score: [n], higher is better.
        notes: what a reader should know, as sentences without a full stop.
        rejected: what was not taken.
        sources: files.
    """

    test: str
    listeners: tuple[str, ...]
    items: tuple[str, ...]
    conditions: tuple[str, ...]
    listener: Index = field(repr=False)
    item: Index = field(repr=False)
    condition: Index = field(repr=False)
    score: Array = field(repr=False)
    notes: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, test: str, scores: Sequence[Score]) -> "Opinions":
        """The opinions of a list of scores; names that one score lacks count as unknown for all."""
        listeners, listener = _numbered(s.listener for s in scores)
        items, item = _numbered(s.item for s in scores)
        conditions, condition = _numbered(s.condition for s in scores)
        values = np.array([s.score for s in scores], dtype=np.float64)
        return cls(test, listeners, items, conditions, listener, item, condition, values)

    @property
    def shape(self) -> tuple[int, int]:
        """How many items, or 1 where they are unknown, and conditions."""
        return max(1, len(self.items)), len(self.conditions)

    def cells(self, weights: Array | None = None) -> Array:
        """Mean score of each item and condition [items, conditions]; NaN where there is none.

        Args:
            weights: of the listeners; 1 each unless told.
        """
        each = None if weights is None else weights[self.listener]
        count = self._summed(each)
        total = self._summed(self.score if each is None else self.score * each)
        return np.asarray(
            np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        )

    def by_listener(self) -> Array:
        """Mean score of each listener, item and condition, NaN where there is none."""
        rows, columns = self.shape
        shape = max(1, len(self.listeners)), rows, columns
        cell = (self.listener * rows + self.item) * columns + self.condition
        count = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        total = np.bincount(cell, self.score, int(np.prod(shape))).reshape(shape)
        return np.asarray(np.divide(total, count, out=np.full(shape, np.nan), where=count > 0))

    def half_widths(self, known: NDArray[np.bool_], by_item: bool) -> Array:
        """Half widths of 95 % intervals of means as P.1401 has them, from all scores alike.

        Args:
            known: which cells [items, conditions] count.
            by_item: of each cell [items, conditions], or of each condition [conditions].

        Returns:
            NaN where there are fewer than 2 scores.
        """
        kept = known[self.item, self.condition]
        where = self.condition[kept] + (self.item[kept] * self.shape[1] if by_item else 0)
        size = known.size if by_item else self.shape[1]
        values = self.score[kept]
        count = np.bincount(where, minlength=size).astype(np.float64)
        mean = np.bincount(where, values, size) / np.maximum(count, 1)
        squares = np.bincount(where, (values - mean[where]) ** 2, size)
        spread = np.sqrt(squares / np.maximum(count - 1, 1) / np.maximum(count, 1))
        quantiles = {n: student((1 + LEVEL) / 2, n - 1) for n in set(count[count > 1].tolist())}
        factor = np.array([quantiles.get(n, np.nan) for n in count.tolist()])
        return np.asarray((factor * spread).reshape(known.shape if by_item else (size,)))

    def of_conditions(self, wanted: Sequence[str]) -> "Opinions":
        """Those of these conditions alone, in this order."""
        return self._kept(self.items, wanted)

    def of_items(self, wanted: Sequence[str]) -> "Opinions":
        """Those of these items alone, in this order."""
        return self._kept(wanted, self.conditions)

    def _kept(self, items: Sequence[str], conditions: Sequence[str]) -> "Opinions":
        item = _places(self.items, items)[self.item] if self.items else self.item
        condition = _places(self.conditions, conditions)[self.condition]
        kept = (item >= 0) & (condition >= 0)
        return replace(
            self,
            items=tuple(items),
            conditions=tuple(conditions),
            listener=self.listener[kept],
            item=item[kept],
            condition=condition[kept],
            score=self.score[kept],
        )

    def _summed(self, values: Array | None) -> Array:
        """Sums [items, conditions] of values of the scores; their number without values."""
        rows, columns = self.shape
        cell = self.item * columns + self.condition
        summed = np.bincount(cell, values, rows * columns).astype(np.float64)
        return np.asarray(summed.reshape(rows, columns))


def _numbered(names: Iterable[str]) -> tuple[tuple[str, ...], Index]:
    """Sorted names and the number of each; no names and zeros where one is empty."""
    listed = list(names)
    if not all(listed):
        return (), np.zeros(len(listed), dtype=np.intp)
    known, number = np.unique(np.array(listed, dtype=object), return_inverse=True)
    return tuple(str(name) for name in known), number.astype(np.intp)


def _places(names: Sequence[str], wanted: Sequence[str]) -> Index:
    """Where each name stands in what is wanted; -1 for one that is not."""
    place = {name: k for k, name in enumerate(wanted)}
    return np.array([place.get(name, -1) for name in names], dtype=np.intp)
