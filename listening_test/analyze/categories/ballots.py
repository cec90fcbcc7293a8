"""Votes on an opinion scale as columns: what every statistic of ACR, DCR and CCR takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ....benchmarks.statistics.clustered import Clusters
from ....benchmarks.statistics.gaps import Array
from ...schema import is_system
from ...votes import VOTES, Votes
from ..opinion_scores import ordered_conditions

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Ballots:
    """Votes [n] with what each is of, as numbers.

    Attributes:
        test: acr, dcr or ccr.
        conditions: their names; in ccr "A against B".
        condition: of each vote, its place among the names.
        item: of each vote; votes without one have an own number each.
        listener: of each vote; the same.
        score: of each vote.
        items: how many are named.
        listeners: the names, in the order of their numbers.
    """

    test: str
    conditions: tuple[str, ...]
    condition: Places = field(repr=False)
    item: Places = field(repr=False)
    listener: Places = field(repr=False)
    score: Array = field(repr=False)
    items: int
    listeners: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, votes: Votes) -> "Ballots":
        """The votes of a test of categories."""
        rows = list(votes.of_categories())
        labels = [
            f"{v.condition} against {v.reference}" if v.reference else v.condition for v in rows
        ]
        names = ordered_conditions(labels)
        place = {name: number for number, name in enumerate(names)}
        items, count = numbered([v.item for v in rows])
        listeners, _ = numbered([v.listener for v in rows])
        return cls(
            votes.test,
            tuple(names),
            np.array([place[label] for label in labels], dtype=np.intp),
            items,
            listeners,
            np.array([v.score for v in rows], dtype=float),
            count,
            tuple(dict.fromkeys(v.listener for v in rows if v.listener)),
        )

    @property
    def categories(self) -> range:
        """What a score can be."""
        return VOTES[self.test]

    @property
    def systems(self) -> tuple[str, ...]:
        """The conditions under test: neither reference nor anchors."""
        return tuple(c for c in self.conditions if is_system(c))

    def rows(self, condition: str) -> Places:
        """Where the votes of a condition are."""
        return np.flatnonzero(self.condition == self.conditions.index(condition))

    def clips(self, condition: str) -> Places:
        """The items of a condition, each once."""
        return np.unique(self.item[self.rows(condition)])

    def clusterings(self, rows: Places) -> list[Clusters]:
        """What votes can have in common: items, and listeners where votes name them."""
        found = [self.item[rows]] if self.items else []
        return [*found, self.listener[rows]] if self.listeners else found

    def weights(self, rows: Places) -> Array:
        """Weights of votes that make their sum the mean over clips of clips' means."""
        _, clip, count = np.unique(self.item[rows], return_inverse=True, return_counts=True)
        return np.asarray(1 / (len(count) * count[clip]))


def numbered(names: Sequence[str]) -> tuple[Places, int]:
    """A number for each name, "" a new one every time; and how many names there are."""
    known = {name: number for number, name in enumerate(dict.fromkeys(n for n in names if n))}
    found, fresh = np.empty(len(names), dtype=np.intp), len(known)
    for place, name in enumerate(names):
        found[place] = known[name] if name else fresh
        fresh += not name
    return found, len(known)
