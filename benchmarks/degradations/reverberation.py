"""A room: the direct sound, and a tail of normal noise that decays exponentially.

This is the statistical model of a diffuse sound field (J.-D. Polack, "La transmission de l'énergie
sonore dans les salles", Université du Maine, 1988): 60 dB down after `rt60` seconds. The result has
the level of the recording.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from ...metrics.machinery.signals import rms
from .base import Place, RecordingDegradation, fitted, in_range

FIRST = 0.0025  # seconds from the direct sound to the tail


@dataclass(frozen=True)
class Reverberation(RecordingDegradation):
    """A room of reverberation time `rt60`; its direct sound is `drr_db` above its tail."""

    kind: ClassVar[str] = "reverberation"

    rt60: float
    drr_db: float = 0.0

    def __post_init__(self) -> None:
        in_range(self.kind, "rt60", self.rt60, 0.05, 10)
        in_range(self.kind, "drr_db", self.drr_db, -30, 40)

    @property
    def label(self) -> str:
        ratio = f"-drr{self.drr_db:+g}dB" if self.drr_db else ""
        return f"reverberation-{self.rt60:g}s{ratio}"

    def response(self, rate: int, item: str) -> Signal:
        """Impulse response [1.2 * rt60 * rate], its direct sound first."""
        time = np.arange(round(1.2 * self.rt60 * rate)) / rate
        tail = self.random(item).standard_normal(len(time)) * 10 ** (-3 * time / self.rt60)
        tail[time < FIRST] = 0
        tail *= 10 ** (-self.drr_db / 20) / np.sqrt(np.sum(tail**2))
        tail[0] = 1
        return tail

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        from scipy.signal import fftconvolve

        wet = np.asarray(fftconvolve(signal, self.response(rate, place.item))[: len(signal)])
        return fitted(wet * rms(signal) / max(rms(wet), 1e-12))


DEGRADATION = Reverberation
