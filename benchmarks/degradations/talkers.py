"""Several people who talk at once: other speakers of the set beside the item's own.

Each is one recording of another speaker, repeated until it is long enough, and lies `snr_db` below
the item (powers over the whole recording). This is what a codec made of one voice at a time gets in
a meeting; `noise = "babble"` is six recordings of anybody, together at one ratio.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from ...metrics.machinery.signals import rms
from .base import DegradationError, Place, RecordingDegradation, fitted, in_range


@dataclass(frozen=True)
class Talkers(RecordingDegradation):
    """`others` more voices, each `snr_db` below the item's."""

    kind: ClassVar[str] = "talkers"

    others: int = 1
    snr_db: float = 0.0

    def __post_init__(self) -> None:
        in_range(self.kind, "others", self.others, 1, 20)
        in_range(self.kind, "snr_db", self.snr_db, -30, 80)
        if not isinstance(self.others, int):
            raise DegradationError(f"talkers: others must be a whole number, not {self.others!r}")

    @property
    def label(self) -> str:
        return f"talkers-{self.others}-{self.snr_db:g}dB"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        mixed = signal.copy()
        gain = rms(signal) * 10 ** (-self.snr_db / 20)
        for index in self._chosen(place):
            talker = np.resize(place.others[index](rate), len(signal))
            mixed += gain * talker / max(rms(talker), 1e-9)
        return fitted(mixed)

    def _chosen(self, place: Place) -> list[int]:
        """A recording each of as many speakers, who are not the item's; unknown ones are not."""
        of: dict[str, list[int]] = {}
        for index, speaker in enumerate(place.speakers):
            if speaker and speaker != place.speaker:
                of.setdefault(speaker, []).append(index)
        if len(of) < self.others:
            raise DegradationError(
                f"{self.label}: {place.item} needs {self.others} other speakers; the set names "
                f"{len(of)} (column speaker of its manifest)"
            )
        random = self.random(place.item)
        names = random.choice(sorted(of), self.others, replace=False)
        return [int(random.choice(of[str(name)])) for name in names]


DEGRADATION = Talkers
