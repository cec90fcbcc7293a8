"""Pairs of conditions in every metric that ranks: one family of tests, and how to show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from ...benchmarks.store.scores import Scores, records
from ..columns import ARROWS, look
from ..tables.comparisons import compare_planned, hopeless
from .answers import TextTable, interval, probability, rounded, which

BETTER, WORSE, OPEN = "▲", "▼", "·"
DETAILS = ("metric", "a", "b", "n/N", "a − b", "95 %", "p (Holm)", "better")


@dataclass(frozen=True)
class Duels:
    """Paired comparisons that one question needs.

    Attributes:
        scores: of the runs.
        table: as of `comparisons.compare_planned`.
        missing: conditions that were asked for and are not in the runs.
    """

    scores: Scores
    table: pd.DataFrame
    missing: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Metrics in which something was compared, in their order."""
        return list(dict.fromkeys(self.table["column"]))

    @property
    def powerless(self) -> bool:
        """Are there too few speakers for any of these tests to be significant?"""
        return self.table.empty or bool(hopeless(self.table))

    def outcome(self, a: str, b: str) -> dict[str, int]:
        """By metric: 1 where a is significantly better than b, -1 where b is, 0 where neither."""
        lines = self.table[self._of(a, b)]
        return {
            column: (better == a) - (better == b)
            for column, better in zip(lines["column"], lines["better"], strict=True)
        }

    def difference(self, column: str, a: str, b: str) -> tuple[float, float, float]:
        """Mean of a - b and its interval; NaN where they were not compared."""
        lines = records(self.table[self._of(a, b) & (self.table["column"] == column)])
        if not lines:
            return (float("nan"),) * 3
        found = tuple(float(lines[0][key]) for key in ("difference", "low", "high"))
        return found if lines[0]["a"] == a else (-found[0], -found[2], -found[1])  # type: ignore[return-value]

    def _of(self, a: str, b: str) -> "pd.Series[bool]":
        forth = (self.table["a"] == a) & (self.table["b"] == b)
        return forth | ((self.table["a"] == b) & (self.table["b"] == a))


def fight(
    scores: Scores, pairs: Iterable[tuple[str, str]], columns: Sequence[str] | None = None
) -> Duels:
    """Compare the pairs whose conditions are there, in these metrics or all that rank."""
    wanted = list(pairs)
    asked = dict.fromkeys(name for pair in wanted for name in pair)
    missing = tuple(name for name in asked if name not in scores.conditions)
    there = [pair for pair in wanted if not set(pair) & set(missing)]
    return Duels(scores, compare_planned(scores, there, columns or scores.ranked), missing)


def _speakers(scores: Scores) -> int:
    return len(set(scores.clusters.values()))


def split(outcome: dict[str, int]) -> tuple[list[str], list[str], list[str]]:
    """Metrics that are won, lost, and undecided."""
    won, lost, level = ([c for c, sign in outcome.items() if sign == s] for s in (1, -1, 0))
    return won, lost, level


def sides(outcome: dict[str, int]) -> str:
    """The same in words."""
    ups, downs, _ = split(outcome)
    return f"better in {which(ups)}, worse in {which(downs)}"


def too_few(scores: Scores) -> str:
    """Why nothing can be told, in words."""
    return f"{_speakers(scores)} speakers are too few for any of these tests to be significant."


def matrix(duels: Duels, pairs: Sequence[tuple[str, str, str]], caption: str) -> TextTable:
    """Metrics by pairs (head, a, b): the difference a - b, and who is significantly better."""
    lines = []
    outcomes = [duels.outcome(a, b) for _, a, b in pairs]
    for column in duels.columns:
        arrow = ARROWS[duels.scores.directions[column]]
        cells = []
        for (_, a, b), outcome in zip(pairs, outcomes, strict=True):
            mark = {1: BETTER, -1: WORSE, 0: OPEN}[outcome.get(column, 0)]
            difference = rounded(column, duels.difference(column, a, b)[0], sign=True)
            cells.append(f"{mark} {difference}" if column in outcome else "–")
        lines.append((f"{look(column).short} {arrow}", *cells))
    return TextTable(caption, ("metric", *(head for head, _, _ in pairs)), lines)


def details(duels: Duels, caption: str = "Every comparison") -> TextTable:
    """All tests, one a line."""
    lines = [
        (
            look(line["column"]).short,
            line["a"],
            line["b"],
            f"{line['n']}/{line['N']}",
            rounded(line["column"], line["difference"], sign=True),
            interval(line["column"], line["low"], line["high"], sign=True),
            probability(line["p_holm"]),
            line["better"] or OPEN,
        )
        for line in records(duels.table)
    ]
    return TextTable(f"{caption} ({len(lines)} tests)", DETAILS, lines)
