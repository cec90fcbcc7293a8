"""What the votes of a preference or word test have in common: the unit of their statistics.

The listener, where votes name one; results hold for other listeners, on these items. Where they do
not, the item; and where that is unknown too, or is another one in each vote, each vote by itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ...benchmarks.statistics.clustered import Clusters
from ..votes import Answer, Choice
from .categories.ballots import numbered


class Unit(NamedTuple):
    """A number for each vote [n], equal where votes have the unit in common; and its name."""

    cluster: Clusters
    name: str

    @property
    def number(self) -> int:
        """How many there are."""
        return len(set(self.cluster.tolist()))


def unit_of(rows: Sequence[Choice | Answer]) -> Unit:
    """The unit of these votes."""
    for name, words in (
        ("listener", [row.listener for row in rows]),
        ("item", [row.item for row in rows]),
    ):
        places, known = numbered(words)
        if known > 1 or (known and name == "listener"):
            return Unit(places, name)
    return Unit(numbered([""] * len(rows))[0], "vote")


def notes_on(unit: Unit, votes: int) -> list[str]:
    """What the unit means for all that is said."""
    if unit.name == "listener" and unit.number >= 3:
        return []
    if unit.name == "listener":
        word = "one listener" if unit.number == 1 else f"{unit.number} listeners"
        return [f"{word}: no interval is given; it needs 3 at least"]
    taken = "items" if unit.name == "item" else "votes"
    who = "the one vote names" if votes == 1 else f"the {votes:,} votes name"
    return [f"{who} no listener: {taken} are taken for independent"]
