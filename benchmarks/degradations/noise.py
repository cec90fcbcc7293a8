"""Additive noise at a signal-to-noise ratio.

    white    normal, independent samples
    speech   white noise with the long-term spectrum of the recording itself
    babble   other recordings of the test set, `TALKERS` at once, each at the same level and
             repeated until it is long enough

The ratio is that of the powers over the whole recording, pauses included: exact, and for the usual
read speech some decibels below that of the active speech level (ITU-T P.56).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...metrics.base import Signal
from ...metrics.machinery.names import unknown
from ...metrics.machinery.signals import rms
from .base import DegradationError, Place, RecordingDegradation, fitted, in_range

TALKERS = 6
NOISES = ("white", "speech", "babble")


@dataclass(frozen=True)
class AddedNoise(RecordingDegradation):
    """Noise of one of `NOISES`, `snr_db` below the recording."""

    kind: ClassVar[str] = "noise"

    snr_db: float
    noise: str = "white"

    def __post_init__(self) -> None:
        in_range(self.kind, "snr_db", self.snr_db, -30, 80)
        if self.noise not in NOISES:
            raise DegradationError(unknown("noise", self.noise, NOISES))

    @property
    def label(self) -> str:
        return f"noise-{self.noise}-{self.snr_db:g}dB"

    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        noise = self._noise(signal, rate, place)
        if not (level := rms(noise)):
            raise DegradationError(f"{self.label}: the noise for {place.item} is silent")
        gain = rms(signal) / level * 10 ** (-self.snr_db / 20)
        return fitted(signal + gain * noise)

    def _noise(self, signal: Signal, rate: int, place: Place) -> Signal:
        random = self.random(place.item)
        if self.noise == "white":
            return random.standard_normal(len(signal))
        if self.noise == "speech":
            return _shaped(random.standard_normal(len(signal)), signal)
        if not place.others:
            raise DegradationError("babble is made of other recordings: the set needs 2 or more")
        count = min(TALKERS, len(place.others))
        chosen = random.choice(len(place.others), count, replace=False)
        noise = np.zeros(len(signal))
        for index in chosen:
            talker = np.resize(place.others[index](rate), len(signal))
            noise += talker / max(rms(talker), 1e-9)
        return noise


def _shaped(noise: Signal, signal: Signal) -> Signal:
    """Noise [T] with the spectrum of a signal [T], averaged over frames of 512 samples."""
    size = 512
    padded = np.pad(signal, (0, -len(signal) % size)).reshape(-1, size)
    spectrum = np.abs(np.fft.rfft(padded * np.hanning(size), axis=1)) ** 2
    magnitude = np.sqrt(spectrum.mean(axis=0))
    hertz = np.linspace(0, 1, len(noise) // 2 + 1)
    gains = np.interp(hertz, np.linspace(0, 1, len(magnitude)), magnitude)
    return np.fft.irfft(np.fft.rfft(noise) * gains, len(noise))


DEGRADATION = AddedNoise
