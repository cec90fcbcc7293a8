"""Another level: what a quiet talker or a recording at the limit gives.

Samples beyond full scale are clipped, as any converter does.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, in_range


@dataclass(frozen=True)
class LevelChange(RecordingDegradation):
    """The recording, `db` louder."""

    kind: ClassVar[str] = "level"

    db: float

    def __post_init__(self) -> None:
        in_range(self.kind, "db", self.db, -60, 40)

    @property
    def label(self) -> str:
        return f"level{self.db:+g}dB"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        return np.clip(signal * 10 ** (self.db / 20), -1, 1)


DEGRADATION = LevelChange
