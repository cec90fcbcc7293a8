"""A recording that was at a lower sampling rate before: what a codec gets behind a device of 8 kHz.

The rate of the file stays, and nothing is left above half the lower rate. `band` is a telephone,
which also cuts what is below 300 Hz.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from ...metrics.machinery.signals import resample
from .base import DegradationError, Place, RecordingDegradation, fitted, in_range


@dataclass(frozen=True)
class SamplingRate(RecordingDegradation):
    """The recording, to `hz` and back."""

    kind: ClassVar[str] = "sampling-rate"

    hz: int

    def __post_init__(self) -> None:
        in_range(self.kind, "hz", self.hz, 4000, 96_000)
        if not isinstance(self.hz, int):
            raise DegradationError(f"sampling-rate: hz must be a whole number, not {self.hz!r}")

    @property
    def label(self) -> str:
        return f"sampling-rate-{self.hz}Hz"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        if self.hz >= rate:
            raise DegradationError(f"{self.label}: {place.item} has {rate} Hz, which are no more")
        back = resample(resample(signal, rate, self.hz), self.hz, rate)[: len(signal)]
        return fitted(np.pad(back, (0, len(signal) - len(back))))


DEGRADATION = SamplingRate
