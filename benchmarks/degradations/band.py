"""A narrower band, as of a telephone: a linear-phase filter that does not delay.

6 dB down at both edges, flat from `TRANSITION_HZ` / 2 inside them, and `ATTENUATION_DB` down from
`TRANSITION_HZ` / 2 outside: a sinc under a Kaiser window.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from .base import DegradationError, Place, RecordingDegradation, fitted, in_range

TRANSITION_HZ = 100.0
ATTENUATION_DB = 60.0


@dataclass(frozen=True)
class Band(RecordingDegradation):
    """What lies between `low_hz` and `high_hz`."""

    kind: ClassVar[str] = "band"

    low_hz: float = 300.0
    high_hz: float = 3400.0

    def __post_init__(self) -> None:
        in_range(self.kind, "low_hz", self.low_hz, TRANSITION_HZ, 20_000)
        in_range(self.kind, "high_hz", self.high_hz, self.low_hz + 2 * TRANSITION_HZ, 24_000)

    @property
    def label(self) -> str:
        return f"band-{self.low_hz:g}-{self.high_hz:g}Hz"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        from scipy.signal import fftconvolve, firwin, kaiserord

        if self.high_hz + TRANSITION_HZ > rate / 2:
            raise DegradationError(
                f"{self.label}: {place.item} has {rate} Hz, which end at {rate / 2:g} Hz"
            )
        length, beta = kaiserord(ATTENUATION_DB, TRANSITION_HZ / (rate / 2))
        edges = [self.low_hz, self.high_hz]
        taps = firwin(length | 1, edges, window=("kaiser", beta), pass_zero=False, fs=rate)
        half = len(taps) // 2
        filtered = np.asarray(fftconvolve(signal, taps))
        return fitted(filtered[half : half + len(signal)])


DEGRADATION = Band
