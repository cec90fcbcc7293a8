"""A quiet room in place of the items: does a codec stay silent, or does it speak?

White noise at a low level, not digital silence: there is no such thing behind a microphone, and no
measure of fidelity either.
"""

from dataclasses import dataclass
from typing import ClassVar

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, in_range


@dataclass(frozen=True)
class Silence(RecordingDegradation):
    """Room noise of `dbfs`, the RMS relative to full scale."""

    kind: ClassVar[str] = "silence"
    keeps_time: ClassVar[bool] = False

    dbfs: float = -60.0

    def __post_init__(self) -> None:
        in_range(self.kind, "dbfs", self.dbfs, -69, -30)  # metrics see silence below -70

    @property
    def label(self) -> str:
        return f"silence{self.dbfs:+g}dBFS"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        return 10 ** (self.dbfs / 20) * self.random(place.item).standard_normal(len(signal))


DEGRADATION = Silence
