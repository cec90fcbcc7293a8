"""Log-mel distance: the mean absolute difference of two log-mel spectrograms, in nepers.

The spectrogram is HiFi-GAN's (Kong et al., NeurIPS 2020), at the suite's 16 kHz and 50 frames/s:

    padding     (1024 - 320) / 2 = 352 samples reflected at either end, so F = T // 320 frames
    frames      1024 samples, periodic Hann window, hop 320
    magnitude   sqrt(|X|^2 + 1e-9), no scaling
    mel         80 Slaney filters of unit area, 0 to 8000 Hz
    logarithm   natural, of max(mel, 1e-5)

A suite of 24 or 48 kHz measures up to 12 or 24 kHz: frames of the same durations, and as many more
filters as lie as dense on the mel scale (90 at 24 kHz, 109 at 48 kHz).

A distance of 1 is 8.7 dB. It is no loss of another paper: those differ in rate, hop and bands, and
some use log10 or decibels. A gain of g dB costs |g| / 8.686 where no band is at the floor.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra

RATE = 16_000
SIZE = 1024
HOP = 320
BANDS = 80
FLOOR = 1e-5


def bands_at(rate: int) -> int:
    """Filters up to half a rate in Hz, as dense in mel as `BANDS` of them at `RATE`."""
    widest, own = spectra.hz_to_mel(np.array([rate / 2, RATE / 2]))
    return round(BANDS * float(widest / own))


def log_mel(signal: Signal, rate: int = RATE) -> spectra.Spectra:
    """Log-mel spectrogram [T // hop, bands] of a signal [T] at a rate in Hz, longer than 22 ms.

    80 bands and a hop of 320 samples at 16 kHz.
    """
    size, hop = SIZE * rate // RATE, HOP * rate // RATE
    padded = np.pad(signal, (size - hop) // 2, mode="reflect")
    magnitude = np.sqrt(spectra.power_spectra(padded, spectra.hann(size), hop) + 1e-9)
    mel = magnitude @ spectra.mel_filters(rate, size, bands_at(rate), 0.0, rate / 2).T
    return np.log(np.maximum(mel, FLOOR))


def score(reference: Signal, degraded: Signal, rate: int = RATE) -> dict[str, float]:
    """Column `mel_distance` of a pair [T] at a rate in Hz."""
    both = (log_mel(signal, rate) for signal in (reference, degraded))
    return {"mel_distance": float(np.mean(np.abs(next(both) - next(both))))}


def at_rate(rate: int) -> Metric:
    """The metric of a suite of wider band."""
    return replace(METRIC, score=partial(score, rate=rate), sample_rate=rate)


METRIC = Metric(
    score,
    (
        Column(
            "mel_distance",
            "lower",
            short="mel",
            long="log-mel distance",
            family="spectral",
            place=190,
            meaning=Meaning(
                span=("0 (identical) upwards; 1 is 8.7 dB; two unrelated recordings about 2.5"),
                mode="with reference",
                hears=(
                    "every difference of the short-time spectrum on a mel scale, level "
                    "and missing bands included."
                ),
                misses=(
                    "phase, and whether a difference is audible: it weighs quiet bands "
                    "as loud ones."
                ),
                traps=(
                    "Decoders that give the mean of what could follow win over ones that "
                    "sample. A gain costs |g| / 8.7 dB. Papers differ in rate, hop, "
                    "bands and logarithm."
                ),
            ),
        ),
    ),
    sample_rate=RATE,
    aligned=True,
    shortest=SIZE / RATE,
    at_rate=at_rate,
    misled={"quiet": "log-mel distance falls", "narrow": "log-mel distance rises"},
)
