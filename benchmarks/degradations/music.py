"""Music-like recordings in place of the items: chords, a bass line and a beat, made from formulas.

It is no music anybody would buy. It has what speech has not: several pitches at once, partials that
stand still, sharp onsets in broad band noise. Length and level are those of the item.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from ...metrics.machinery.signals import rms
from .base import Place, RecordingDegradation, fitted

_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones: I vi IV V
_PARTIALS = 8


@dataclass(frozen=True)
class Music(RecordingDegradation):
    """A piece for each item, with a key, a tempo and a beat of its own."""

    kind: ClassVar[str] = "music"
    keeps_time: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "music"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        random = self.random(place.item)
        root = 130.8 * 2 ** (random.integers(12) / 12)  # from C3
        beat = 60 / random.uniform(80, 140)  # seconds
        time = np.arange(len(signal)) / rate
        number = (time / beat).astype(int)
        within = time - beat * number
        piece = 0.3 * _beat(random, rate, within)
        for index, chord in enumerate(_CHORDS):
            sounding = (number // 2) % len(_CHORDS) == index
            for semitone in (*chord, chord[0] - 12):
                tone = _tone(root * 2 ** (semitone / 12), time, rate)
                piece += sounding * tone * np.exp(-2 * within / beat)
        return fitted(piece * rms(signal) / max(rms(piece), 1e-12))


def _tone(hertz: float, time: Signal, rate: int) -> Signal:
    tone = np.zeros(len(time))
    for partial in range(1, _PARTIALS + 1):
        if partial * hertz < 0.45 * rate:
            tone += np.sin(2 * np.pi * partial * hertz * time) / partial
    return tone


def _beat(random: np.random.Generator, rate: int, within: Signal) -> Signal:
    """Bursts of high noise that fade within some milliseconds."""
    noise = np.diff(random.standard_normal(len(within) + 1))
    return noise * np.exp(-within / 0.03)


DEGRADATION = Music
