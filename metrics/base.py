"""What a metric is: a pure function of (reference, degraded), giving named columns.

One file in this folder is one metric and defines `METRIC = Metric(...)`.

Conventions
    signals   mono float64 arrays [T] of equal length at `sample_rate`, within [-1, 1]; reference
              first, degraded second. `signals.check` refuses anything else before a metric sees it
    failure   a metric raises: `MetricError` where the pair cannot be measured, `Undefined` where
              the quantity does not exist for the pair (the F0 error without voiced frames). It
              never returns a sentinel, a fallback value or NaN
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .machinery.weights import Weights

Signal = NDArray[np.float64]
Direction = Literal["higher", "lower", "none"]


# What importing another package's codec or metric may raise: every family of Python's own errors,
# for a broken installation may die of any of them.
PLUGIN_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class MetricError(ValueError):
    """A pair of signals cannot be measured: the message says what is wrong with it."""


class Undefined(MetricError):
    """The quantity does not exist for this pair: no fault of the codec, the item or the suite."""


class MetricUnavailable(MetricError):
    """A library or weights file of this metric is missing: the message says how to get it."""


@dataclass(frozen=True)
class Metric:
    """A metric and what the runner must know of it.

    Attributes:
        score: values of one pair by column; a metric that needs the text takes it as its third
            argument.
        columns: every column of `score` that a leaderboard shows, and its better direction
            ("none": shown, never ranked).
        denominators: columns that are rates, and the column that counts what they are rates of.
            The rate of many items is the sum of their numerators over the sum of their
            denominators: the mean, weighted by that column. `score` gives it, too.
        version: of the measurement, bumped whenever a known number moves. With `packages` it keeps
            runs apart that were measured differently.
        packages: distributions whose version decides the values, such as ("pesq",).
        weights: files that decide the values; their digest is part of the version.
        sample_rate: Hz of both signals; the runner resamples.
        aligned: the runner removes delay between the signals first.
        shortest: seconds below which a pair is refused.
        longest: seconds above which a pair is refused.
        needs_text: `score` takes what the reference says, "" where that is unknown.
        needs_reference_activity: a (nearly) silent reference is refused.
        needs_degraded_activity: a (nearly) silent degraded signal is refused.
        unavailable: why the metric cannot run here and how to get what is missing; "" if it can.
    """

    score: Callable[..., dict[str, float]]
    columns: Mapping[str, Direction]
    denominators: Mapping[str, str] = field(default_factory=dict)
    version: str = "1"
    packages: tuple[str, ...] = ()
    weights: "Weights | None" = None
    sample_rate: int = 16_000
    aligned: bool = False
    shortest: float = 0.0
    longest: float = float("inf")
    needs_text: bool = False
    needs_reference_activity: bool = True
    needs_degraded_activity: bool = False
    unavailable: Callable[[], str] = lambda: ""

    @property
    def measures(self) -> tuple[str, ...]:
        """Every column that `score` gives: those of a leaderboard, then the denominators."""
        return tuple(dict.fromkeys((*self.columns, *self.denominators.values())))
