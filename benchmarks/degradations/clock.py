"""A clock that is off: the sender's samples, taken for samples of another rate.

Some parts per million are two sound cards that do not agree; 8.84 % is 44.1 kHz that were taken for
48 kHz. Tempo and pitch fall by `percent`, the recording gets longer by it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, fitted, in_range


@dataclass(frozen=True)
class Clock(RecordingDegradation):
    """The recording, slower by `percent`; faster where it is negative."""

    kind: ClassVar[str] = "clock"
    keeps_time: ClassVar[bool] = False

    percent: float

    def __post_init__(self) -> None:
        in_range(self.kind, "percent", self.percent, -50, 100)

    @property
    def label(self) -> str:
        return f"clock{self.percent:+g}pct"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        import soxr

        slower = rate * (1 + self.percent / 100)
        return fitted(np.asarray(soxr.resample(signal, rate, slower, quality="VHQ"), np.float64))


DEGRADATION = Clock
