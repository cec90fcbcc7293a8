"""Amplitude clipping, at the level that a share of the samples reaches."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import Place, RecordingDegradation, in_range


@dataclass(frozen=True)
class Clipping(RecordingDegradation):
    """The loudest `percent` of the samples are cut to the level of the quietest among them."""

    kind: ClassVar[str] = "clipping"

    percent: float

    def __post_init__(self) -> None:
        in_range(self.kind, "percent", self.percent, 0, 90)

    @property
    def label(self) -> str:
        return f"clipping-{self.percent:g}pct"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        count = round(self.percent / 100 * len(signal))
        if not count:
            return signal
        threshold = np.partition(np.abs(signal), len(signal) - count)[len(signal) - count]
        return np.clip(signal, -threshold, threshold)


DEGRADATION = Clipping
