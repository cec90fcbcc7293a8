"""Listeners' scores as an array: what every statistic of a listening test takes."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...benchmarks.statistics.gaps import Array, mean_of_known
from ..schema import REFERENCE, Rating, is_system

DECIMALS = 9  # of means: rounding errors must not break ties


@dataclass(frozen=True)
class OpinionScores:
    """Ratings as `values` [listeners, items, conditions]; NaN where nothing was rated."""

    listeners: tuple[str, ...]
    items: tuple[str, ...]
    conditions: tuple[str, ...]
    values: Array = field(repr=False)

    @classmethod
    def of(cls, ratings: Sequence[Rating]) -> "OpinionScores":
        """Repeated trials of an item (a retest) are averaged within the listener."""
        listeners = sorted({r.listener for r in ratings}, key=_natural)
        items = sorted({r.item for r in ratings}, key=_natural)
        conditions = ordered_conditions(r.condition for r in ratings)
        rows, columns, layers = (
            {name: index for index, name in enumerate(axis)}
            for axis in (listeners, items, conditions)
        )
        total = np.zeros((len(listeners), len(items), len(conditions)))
        count = np.zeros_like(total)
        for r in ratings:
            cell = rows[r.listener], columns[r.item], layers[r.condition]
            total[cell] += r.score
            count[cell] += 1
        values = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        return cls(tuple(listeners), tuple(items), tuple(conditions), values)

    @property
    def systems(self) -> tuple[str, ...]:
        """The conditions under test: neither hidden reference nor anchors."""
        return tuple(c for c in self.conditions if is_system(c))

    @property
    def count(self) -> int:
        """How many ratings there are."""
        return int(np.isfinite(self.values).sum())

    def of_condition(self, condition: str) -> Array:
        """Scores [listeners, items] of one condition; all NaN for one that nobody rated."""
        if condition not in self.conditions:
            return np.full(self.values.shape[:2], np.nan)
        return np.asarray(self.values[:, :, self.conditions.index(condition)])

    def listener_means(self) -> Array:
        """Mean over each listener's items [listeners, conditions]; NaN where none was rated."""
        return np.round(mean_of_known(self.values, axis=1), DECIMALS)

    def common_means(self, conditions: Sequence[str]) -> Array:
        """The same over those items for which a listener rated all of these conditions.

        All, that is, that this listener rated at all: [listeners, conditions]. NaN for those
        without such an item: their means would be of different items.
        """
        chosen = self.values[:, :, [self.conditions.index(c) for c in conditions]]
        rated = np.isfinite(chosen)
        wanted = rated.any(axis=1, keepdims=True)
        whole = (rated | ~wanted).all(axis=2, keepdims=True)
        return np.round(mean_of_known(np.where(whole, chosen, np.nan), axis=1), DECIMALS)

    def score_differences(self, first: str, second: str) -> Array:
        """Scores of first - second [listeners, items]; NaN where not both were rated."""
        return self.of_condition(first) - self.of_condition(second)

    def differences(self, first: str, second: str) -> Array:
        """Each listener's mean of first - second over the items where both were rated.

        Listeners without such an item are left out.
        """
        paired = mean_of_known(self.score_differences(first, second), axis=1)
        return np.round(paired[np.isfinite(paired)], DECIMALS)

    def without(self, listeners: Collection[str]) -> "OpinionScores":
        """The same without some listeners; items that only they rated remain, as all NaN."""
        keep = [name not in listeners for name in self.listeners]
        left = tuple(name for name in self.listeners if name not in listeners)
        return replace(self, listeners=left, values=self.values[np.array(keep, dtype=bool)])


def _natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts listener 2 before listener 10, whatever the number of digits."""
    parts = [part for part in re.split(r"(\d+)", name) if part]
    digits = [part.lstrip("0") if part.isdecimal() else None for part in parts]
    return tuple(
        (1, 0, part) if number is None else (0, len(number), number)
        for part, number in zip(parts, digits, strict=True)
    ), name


def ordered_conditions(conditions: Iterable[str]) -> list[str]:
    """The hidden reference first, then the systems, then the anchors, each by name."""
    return sorted(set(conditions), key=lambda c: (c != REFERENCE, not is_system(c), _natural(c)))
