"""What listeners said: submissions as they were sent, ratings as they are analysed.

    submission  one listener's ratings of one trial, as a results file has them: nothing checked
    rating      one valid score: listener, item, condition, score in [0, 100]
    reading     the ratings of some files, and a word for everything that was not taken
    scores      ratings as an array [listeners, items, conditions], NaN where nothing was rated:
                what every statistic takes

`reference`, `anchor35` and `anchor70` are the hidden reference, the low anchor (3.5 kHz) and the
mid anchor (7 kHz) of ITU-R BS.1534-3, `mnru-Q` an anchor of modulated noise at Q dB; every other
condition is a system under test.
"""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...benchmarks.statistics.gaps import Array, mean_of_known

REFERENCE = "reference"
LOW_ANCHOR = "anchor35"
MID_ANCHOR = "anchor70"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DECIMALS = 9  # of means: rounding errors must not break ties


class ResultsError(ValueError):
    """Results, a key or a plan's numbers cannot be used: the message says why, and what can."""


@dataclass(frozen=True)
class SentRating:
    """One rating as sent: `score` is whatever the file has there.

    `plays` counts the stimulus' starts; `seconds` is the time spent on it, or on its trial where
    the tool only logs that.
    """

    stimulus: str
    score: object
    line: int = 0
    plays: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Submission:
    """One listener's ratings of one trial, and where they were read.

    `record` is the tool's id of this act of sending; "" where the format has none.
    `line` counts from 1: the line of a text file, or the element of a JSON list. `complete` is
    false for a draft: the state of a trial that the listener had not finished.
    """

    source: str
    line: int
    listener: str
    trial: str
    ratings: tuple[SentRating, ...]
    test: str = ""
    record: str = ""
    time: str = ""
    training: bool = False
    blind: bool = False
    complete: bool = True

    @property
    def anonymous(self) -> bool:
        """Is the listener no name, but the id that a tool made for one act of sending?"""
        return bool(self.record and UUID.fullmatch(self.listener))

    @property
    def place(self) -> str:
        """Where it was read, as messages name it."""
        return f"{self.source}:{self.line}"

    def rejected(self, why: str) -> "Rejected":
        """The word for not taking it."""
        return Rejected(self.source, self.line, why, len(self.ratings))


@dataclass(frozen=True)
class Rating:
    """One valid score of one listener for one condition of one item."""

    listener: str
    item: str
    condition: str
    score: float
    trial: str = ""
    plays: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Rejected:
    """Ratings that were not taken: where they stand, how many, and why."""

    source: str
    line: int
    why: str
    ratings: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.why}"


@dataclass(frozen=True)
class Reading:
    """What some results files gave."""

    ratings: tuple[Rating, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def score_of(sent: object) -> float | str:
    """The score in [0, 100] that was sent as a number or as its text, or why it is none."""
    if isinstance(sent, str) and _NUMBER.fullmatch(sent.strip()):
        sent = float(sent)
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not math.isfinite(sent):
        return f"the score {sent!r} is not a number"
    if not 0 <= sent <= 100:
        return f"the score {sent:g} is outside 0-100"
    return float(sent)


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key that puts listener 2 before listener 10."""
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def is_system(condition: str) -> bool:
    """Is this condition under test: neither hidden reference nor anchor?"""
    if condition in (REFERENCE, MID_ANCHOR, LOW_ANCHOR):
        return False
    return re.fullmatch(r"mnru-\d+", condition) is None


def _ordered(conditions: Iterable[str]) -> list[str]:
    """The hidden reference first, then the systems, then the anchors, each by name."""
    return sorted(set(conditions), key=lambda c: (c != REFERENCE, not is_system(c), natural(c)))


@dataclass(frozen=True)
class Scores:
    """Ratings as `values` [listeners, items, conditions]; NaN where nothing was rated."""

    listeners: tuple[str, ...]
    items: tuple[str, ...]
    conditions: tuple[str, ...]
    values: Array = field(repr=False)

    @classmethod
    def of(cls, ratings: Sequence[Rating]) -> "Scores":
        """Repeated trials of an item (a retest) are averaged within the listener."""
        listeners = sorted({r.listener for r in ratings}, key=natural)
        items = sorted({r.item for r in ratings}, key=natural)
        conditions = _ordered(r.condition for r in ratings)
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

    def differences(self, first: str, second: str) -> Array:
        """Each listener's mean of first - second over the items where both were rated.

        Listeners without such an item are left out.
        """
        paired = mean_of_known(self.of_condition(first) - self.of_condition(second), axis=1)
        return np.round(paired[np.isfinite(paired)], DECIMALS)

    def without(self, listeners: Collection[str]) -> "Scores":
        """The same without some listeners; items that only they rated remain, as all NaN."""
        keep = [name not in listeners for name in self.listeners]
        left = tuple(name for name in self.listeners if name not in listeners)
        return replace(self, listeners=left, values=self.values[np.array(keep, dtype=bool)])
