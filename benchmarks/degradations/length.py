"""Very short and very long items.

A shorter one is the loudest stretch of the recording, a longer one the recording over and over.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, in_range


@dataclass(frozen=True)
class Length(RecordingDegradation):
    """The recording, `seconds` long."""

    kind: ClassVar[str] = "length"
    keeps_time: ClassVar[bool] = False

    seconds: float

    def __post_init__(self) -> None:
        in_range(self.kind, "seconds", self.seconds, 0.02, 7200)

    @property
    def label(self) -> str:
        return f"length-{self.seconds:g}s"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        wanted = max(1, round(self.seconds * rate))
        if wanted >= len(signal):
            return np.resize(signal, wanted)
        energy = np.concatenate([[0.0], np.cumsum(signal**2)])
        first = int(np.argmax(energy[wanted:] - energy[:-wanted]))
        return signal[first : first + wanted]


DEGRADATION = Length
