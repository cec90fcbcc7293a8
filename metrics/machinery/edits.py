"""Edits that make one sequence of another (Levenshtein, 1966), by kind."""

from collections.abc import Sequence
from typing import NamedTuple


class Edits(NamedTuple):
    """How often each kind occurs in a shortest list of edits."""

    substitutions: int
    deletions: int
    insertions: int

    @property
    def total(self) -> int:
        """Their number."""
        return sum(self)


def edits(said: Sequence[str], heard: Sequence[str]) -> Edits:
    """The edits that make `heard` of `said`, as few as possible.

    Where several lists are as short, the one with the most substitutions counts, whose kinds are
    the same whichever end one begins at.
    """
    # cost and kinds of each beginning of `said` against the beginning of `heard` so far
    column = [(n, 0, n, 0) for n in range(len(said) + 1)]
    for number, symbol in enumerate(heard, 1):
        above, column[0] = column[0], (number, 0, 0, number)
        for n, expected in enumerate(said, 1):
            cost, substituted, deleted, inserted = above
            wrong = int(symbol != expected)
            best = (cost + wrong, substituted + wrong, deleted, inserted)
            above = column[n]
            for (cost, substituted, deleted, inserted), gone in ((column[n - 1], 1), (above, 0)):
                other = (cost + 1, substituted, deleted + gone, inserted + 1 - gone)
                if (other[0], -other[1]) < (best[0], -best[1]):
                    best = other
            column[n] = best
    return Edits(*column[-1][1:])
