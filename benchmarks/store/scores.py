"""The values of a run by column, item and condition: what all statistics start from.

Draws are averaged within an item first. Conditions are compared on common items only: those on
which each of them has a value.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import pandas as pd

from ... import metrics
from .refusals import is_refusal
from .results import is_failure


class Scores:
    """All values of a run.

    Args:
        rows: condition, item, draw, column, value, error.
        conditions: of the run's manifest: condition, codec, kind, nominal_kbps, settings, ...
        items: of the run's manifest: id, speaker, sex, seconds, ...
        directions: of each metric column, in their order: "higher", "lower" or "none".
        denominators: of the columns that are rates: the column that counts what they are rates of.
        hertz: sampling rate at which a column was measured, in suites that state one.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        conditions: Sequence[Mapping[str, Any]],
        items: Sequence[Mapping[str, Any]],
        directions: Mapping[str, str],
        denominators: Mapping[str, str] | None = None,
        hertz: Mapping[str, int] | None = None,
    ) -> None:
        self.rows = rows
        self.conditions = {condition["condition"]: condition for condition in conditions}
        self.items = {item["id"]: item for item in items}
        self.directions = dict(directions)
        self.denominators = dict(denominators or {})
        self.hertz = dict(hertz or {})
        self.clusters = {item["id"]: item["speaker"] or item["id"] for item in items}

    @classmethod
    def measured_by(
        cls,
        names: Iterable[str],
        rows: pd.DataFrame,
        conditions: Sequence[Mapping[str, Any]],
        items: Sequence[Mapping[str, Any]],
        rates: Mapping[str, int] | None = None,
    ) -> Self:
        """All values of a run that these metrics measured, in their order; at rates by metric."""
        directions: dict[str, str] = {}
        denominators: dict[str, str] = {}
        for name in names:
            directions |= metrics.get(name).directions
            denominators |= metrics.get(name).denominators
        hertz = {c: hz for name, hz in (rates or {}).items() for c in metrics.get(name).directions}
        return cls(rows, conditions, items, directions, denominators, hertz)

    @cached_property
    def _values(self) -> dict[str, pd.DataFrame]:
        measured = self.rows.dropna(subset="value")
        means = measured.groupby(["column", "condition", "item"], sort=False)["value"].mean()
        return {
            str(column): self._whole(part.droplevel(0).unstack("condition"))
            for column, part in means.groupby(level=0, sort=False)
        }

    def _whole(self, table: pd.DataFrame) -> pd.DataFrame:
        return table.reindex(index=list(self.items), columns=list(self.conditions))

    def part(self, conditions: Iterable[str], draw: int | None = None) -> Self:
        """The values of these conditions alone, of all draws or of one."""
        wanted = set(conditions)
        kept = self.rows["condition"].isin(wanted)
        if draw is not None:
            kept &= self.rows["draw"] == draw
        listed = [entry for name, entry in self.conditions.items() if name in wanted]
        items, directions = list(self.items.values()), self.directions
        return type(self)(self.rows[kept], listed, items, directions, self.denominators, self.hertz)

    def among(self, items: Iterable[str]) -> Self:
        """The values of these items alone."""
        wanted = set(items)
        listed = [entry for name, entry in self.items.items() if name in wanted]
        conditions, directions = list(self.conditions.values()), self.directions
        rows = self.rows[self.rows["item"].isin(wanted)]
        return type(self)(rows, conditions, listed, directions, self.denominators, self.hertz)

    def of(self, column: str) -> pd.DataFrame:
        """Values of a column, items by conditions in the order of the run; NaN where missing."""
        if column not in self._values:
            return self._whole(pd.DataFrame(dtype=float))
        return self._values[column]

    def draws(self, column: str) -> pd.DataFrame:
        """Draws of a column that gave a value, items by conditions in the order of the run."""
        measured = self.rows[(self.rows["column"] == column) & self.rows["value"].notna()]
        counts = measured.groupby(["item", "condition"])["draw"].nunique().unstack("condition")
        return self._whole(counts).fillna(0).astype(int)

    def weights(self, column: str) -> pd.DataFrame:
        """What each value of a column weighs in a mean, items by conditions.

        1; of a rate, its denominator, so that the mean of the rates is the rate of the whole: the
        sum of the numerators over the sum of the denominators.
        """
        if column in self.denominators:
            return self.of(self.denominators[column])
        return self._ones

    @cached_property
    def _ones(self) -> pd.DataFrame:
        return self._whole(pd.DataFrame(dtype=float)).fillna(1.0)

    def common(self, column: str, conditions: Iterable[str]) -> pd.DataFrame:
        """Values of a column without gaps: the common items of these conditions, by condition.

        A condition without any value of the column is left out: it is no reason to empty a table.
        """
        table = self.of(column)[list(conditions)].dropna(axis=1, how="all")
        return table.dropna(axis=0)

    def of_kind(self, *kinds: str) -> list[str]:
        """Conditions of these kinds ("codec", "control", "oracle")."""
        return [name for name, entry in self.conditions.items() if entry["kind"] in kinds]

    def clusters_of(self, items: Iterable[str]) -> list[str]:
        """The sampling unit of each item: its speaker, or itself where that is unknown."""
        return [self.clusters[item] for item in items]

    @cached_property
    def failures(self) -> pd.DataFrame:
        """The rows that failed."""
        return self.rows[is_failure(self.rows)]

    @cached_property
    def refusals(self) -> pd.DataFrame:
        """The failures in which a decoder refused a payload that was damaged on purpose."""
        return self.failures[is_refusal(self.failures)]

    @property
    def ranked(self) -> list[str]:
        """Columns that say which condition is better, and have values."""
        return [c for c in self.measured if self.directions[c] != "none"]

    @property
    def measured(self) -> list[str]:
        """Metric columns that have values."""
        return [column for column in self.directions if column in self._values]

    def sign(self, column: str) -> int:
        """1 where higher is better, -1 where lower is, 0 where neither."""
        return {"higher": 1, "lower": -1, "none": 0}[self.directions[column]]

    def states_bitrate(self, condition: str) -> bool:
        """Is the bitrate of a condition what somebody says, and not what was measured?"""
        return self.conditions[condition].get("bitrate") == "stated"

    def kbps(self, condition: str) -> float:
        """Payload bits of all items over their seconds, in kbit/s; NaN for an oracle.

        Of a condition without bitstreams, the bitrate that is stated.
        """
        if self.conditions[condition]["kind"] == "oracle":
            return float("nan")
        if self.states_bitrate(condition):
            return float(self.conditions[condition]["nominal_kbps"])
        return self._rate(condition, "payload_bits")

    def entropy_kbps(self, condition: str) -> float:
        """Bits of all items under the codec's model of its indices, in kbit/s; NaN without one."""
        return self._rate(condition, "entropy_bits")

    def _rate(self, condition: str, column: str) -> float:
        bits, seconds = (self.of(c)[condition] for c in (column, "seconds"))
        coded = seconds.where(bits.notna()).sum()  # bits that are not known are not none
        sent = bits.where(seconds.notna()).sum()
        return float(sent / coded / 1000) if coded else float("nan")


def curve_of(condition: str, codec: str) -> str:
    """Name of the bitrate-quality curve of a condition: its name without the bitrate.

    `mel2mel-3-nfe10` and `mel2mel-1.5-nfe10` are points of `mel2mel-nfe10`.
    """
    words = condition.removeprefix(codec).split("-")[1:]
    kept = [word for word in words if not word.replace(".", "", 1).isdecimal()]
    return "-".join([codec, *kept])


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lines of a table by the names of its columns."""
    return [{str(name): value for name, value in line.items()} for line in table.to_dict("records")]
