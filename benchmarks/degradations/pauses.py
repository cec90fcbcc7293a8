"""Long pauses: the quiet half of a call, in which a codec with DTX sends little or nothing.

One pause stands within the item, where its middle half is quietest, and one behind it. They are
room noise, not digital silence, as behind a microphone. The measured bitrate under this degradation
beside the clean one says whether the codec saves bits while nobody speaks; that of `silence` is the
rate in pauses alone. A codec of constant rate has the same in all.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, in_range

_WINDOW = 0.05  # seconds over which quietness is measured


@dataclass(frozen=True)
class Pauses(RecordingDegradation):
    """Two pauses of `seconds`, of room noise of `dbfs`."""

    kind: ClassVar[str] = "pauses"
    keeps_time: ClassVar[bool] = False

    seconds: float = 5.0
    dbfs: float = -60.0

    def __post_init__(self) -> None:
        in_range(self.kind, "seconds", self.seconds, 0.1, 600)
        in_range(self.kind, "dbfs", self.dbfs, -69, -30)  # metrics see silence below -70

    @property
    def label(self) -> str:
        room = "" if self.dbfs == type(self).dbfs else f"{self.dbfs:+g}dBFS"
        return f"pauses-{self.seconds:g}s{room}"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        samples = round(self.seconds * rate)
        drawn = self.random(place.item).standard_normal((2, samples))
        room = np.clip(10 ** (self.dbfs / 20) * drawn, -1, 1)
        middle = _quietest(signal, round(_WINDOW * rate))
        return np.concatenate([signal[:middle], room[0], signal[middle:], room[1]])


def _quietest(signal: Signal, window: int) -> int:
    """Middle of the quietest window within the middle half of a signal [T]."""
    first, last = len(signal) // 4, 3 * len(signal) // 4
    if last - first <= window:
        return len(signal) // 2
    energy = np.concatenate([[0.0], np.cumsum(signal[first:last] ** 2)])
    return first + int(np.argmin(energy[window:] - energy[:-window])) + window // 2


DEGRADATION = Pauses
