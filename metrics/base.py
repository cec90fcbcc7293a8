"""What a metric is: a pure function of (reference, degraded), giving named columns.

One file in this folder is one metric and defines `METRIC = Metric(...)`.

Conventions
    signals   mono float64 arrays [T] of equal length at `sample_rate`, within [-1, 1]; reference
              first, degraded second. `signals.check_pair` refuses anything else before a metric
              sees it
    failure   a metric raises: `MetricError` where the pair cannot be measured, `Undefined` where
              the quantity does not exist for the pair (the F0 error without voiced frames). It
              never returns a sentinel, a fallback value or NaN
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
Direction = Literal["higher", "lower", "none"]
Family = Literal[
    "quality",
    "intelligibility",
    "spectral",
    "pitch",
    "speaker",
    "content",
    "alignment",
    "cost",
]
Shown = Literal["page", "tables", "overview"]
Mode = Literal["with reference", "without reference", "with text", "of the codec"]

LAST_PLACE = 1000  # of a column that does not say where it stands


class MetricError(ValueError):
    """A pair of signals cannot be measured: the message says what is wrong with it."""


class Undefined(MetricError):
    """The quantity does not exist for this pair: no fault of the codec, the item or the suite."""


class MetricUnavailable(MetricError):
    """A library or weights file of this metric is missing: the message says how to get it."""


class WeightFiles(Protocol):
    """Files that decide the values of a metric, as runs and the doctor ask for them."""

    @property
    def version(self) -> str:
        """Their name and a digest of their content.

        Raises:
            MetricUnavailable: a file is missing.
        """

    def path(self, file: str) -> Path:
        """Where one of them lies."""

    def foreign(self) -> list[str]:
        """Those that are here and are not what was published."""


@dataclass(frozen=True)
class Meaning:
    """What a number says and what it does not, in words: the glossary asks here.

    Attributes:
        span: its least and largest value, and where it saturates.
        mode: what is looked at beside the decoded signal.
        hears: what moves it.
        misses: what does not, and listeners notice.
        traps: what has led readers of it astray.
    """

    span: str
    mode: Mode
    hears: str
    misses: str
    traps: str


@dataclass(frozen=True)
class Column:
    """One named number, and how people meet it: every table, figure and page asks here.

    What is not told has a default under which the column appears everywhere.

    Attributes:
        name: in files, and in `score`'s values.
        direction: the better one; "none": shown, never ranked.
        short: head of a table's column; the name unless told.
        long: title of an axis, without the unit; the name in words unless told.
        digits: after the point.
        unit: "" for a number without one.
        family: what it is about. "alignment" is how the waveform lies to the reference's.
        place: order in printed tables and overviews, lower first.
        shown: where. "page": in the files and on the report's page; "tables": also in tables of
            limited width (terminal, Markdown, LaTeX); "overview": also where a few columns stand
            for all.
        headline: is it the one to name where there is room for one?
        meaning: what it says and what it does not; None of a column that does not tell.

    Raises:
        ValueError: an unknown direction, family or place to be shown, or digits below 0.
    """

    name: str
    direction: Direction
    short: str = ""
    long: str = ""
    digits: int = 2
    unit: str = ""
    family: Family = "quality"
    place: int = LAST_PLACE
    shown: Shown = "overview"
    headline: bool = False
    meaning: Meaning | None = None

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.direction, get_args(Direction)),
            (self.family, get_args(Family)),
            (self.shown, get_args(Shown)),
        ):
            if value not in allowed:
                raise ValueError(f"{self.name}: {value!r} is none of {', '.join(allowed)}")
        if self.digits < 0:
            raise ValueError(f"{self.name}: {self.digits} digits after the point")
        object.__setattr__(self, "short", self.short or self.name)
        object.__setattr__(self, "long", self.long or self.name.replace("_", " "))

    @property
    def in_tables(self) -> bool:
        """Do tables of limited width have it?"""
        return self.shown != "page"

    @property
    def in_overview(self) -> bool:
        """Is it among the few columns that stand for all?"""
        return self.shown == "overview"

    @property
    def title(self) -> str:
        """Long name and unit: `F0 RMSE (Hz)`."""
        return f"{self.long} ({self.unit})" if self.unit else self.long


@dataclass(frozen=True)
class Metric:
    """A metric and what the runner must know of it.

    Attributes:
        score: values of one pair by column; a metric that needs the text takes it as its third
            argument.
        columns: every column of `score` that a leaderboard shows. A mapping of names to directions
            is taken for columns that have defaults in all else.
        denominators: columns that are rates, and the column that counts what they are rates of.
            The rate of many items is the sum of their numerators over the sum of their
            denominators: the mean, weighted by that column. `score` gives it, too.
        version: of the measurement, bumped whenever a known number moves. With `packages` it keeps
            runs apart that were measured differently.
        packages: distributions whose version decides the values, such as ("pesq",).
        weights: files that decide the values (`machinery.weights`); their digest is part of the
            version.
        sample_rate: Hz of both signals; the runner resamples.
        at_rate: the same measurement at a higher rate in Hz, for suites of wider bands; None of a
            metric that is defined at its own.
        needs_rate: do its values mean nothing below `sample_rate`? Then suites of a lower rate
            do not have it.
        aligned: the runner removes delay between the signals first.
        shortest: seconds below which a pair is refused.
        longest: seconds above which a pair is refused.
        languages: that it knows (BCP 47, the first part alone); empty: it does not mind. Items of
            another language have no value; those of an unknown one are measured.
        needs_text: `score` takes what the reference says, "" where that is unknown.
        needs_reference_activity: a (nearly) silent reference is refused.
        needs_degraded_activity: a (nearly) silent degraded signal is refused.
        unavailable: why the metric cannot run here and how to get what is missing; "" if it can.
        place: order of the metrics in a leaderboard's file, lower first, then by name.
        misled: what recordings outside its range do to it, by the kind of `machinery.ranges`: a
            clause such as "ViSQOL rises", of what was measured.
    """

    score: Callable[..., dict[str, float]]
    columns: tuple[Column, ...]
    denominators: Mapping[str, str] = field(default_factory=dict)
    version: str = "1"
    packages: tuple[str, ...] = ()
    weights: WeightFiles | None = None
    sample_rate: int = 16_000
    aligned: bool = False
    shortest: float = 0.0
    longest: float = float("inf")
    languages: tuple[str, ...] = ()
    needs_text: bool = False
    needs_reference_activity: bool = True
    needs_degraded_activity: bool = False
    unavailable: Callable[[], str] = lambda: ""
    place: int = 100
    misled: Mapping[str, str] = field(default_factory=dict)
    at_rate: "Callable[[int], Metric] | None" = None
    needs_rate: bool = False

    def __post_init__(self) -> None:
        columns = self.columns
        if isinstance(columns, Mapping):
            columns = tuple(Column(name, direction) for name, direction in columns.items())
        object.__setattr__(self, "columns", tuple(columns))

    def measured_at(self, rate: int) -> "Metric":
        """What measures in a suite that scores at a rate in Hz."""
        return self.at_rate(rate) if self.at_rate and rate > self.sample_rate else self

    @property
    def directions(self) -> dict[str, Direction]:
        """The better direction of each column."""
        return {column.name: column.direction for column in self.columns}

    @property
    def measures(self) -> tuple[str, ...]:
        """Every column that `score` gives: those of a leaderboard, then the denominators."""
        return tuple(dict.fromkeys((*self.directions, *self.denominators.values())))
