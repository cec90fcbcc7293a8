"""Log-mel distance: the mean absolute difference of two log-mel spectrograms, in nepers.

The spectrogram is HiFi-GAN's (Kong et al., NeurIPS 2020), at the suite's 16 kHz and 50 frames/s:

    padding     (1024 - 320) / 2 = 352 samples reflected at either end, so F = T // 320 frames
    frames      1024 samples, periodic Hann window, hop 320
    magnitude   sqrt(|X|^2 + 1e-9), no scaling
    mel         80 Slaney filters of unit area, 0 to 8000 Hz
    logarithm   natural, of max(mel, 1e-5)

A distance of 1 is 8.7 dB. It is no loss of another paper: those differ in rate, hop and bands, and
some use log10 or decibels. A gain of g dB costs |g| / 8.686 where no band is at the floor.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra

RATE = 16_000
SIZE = 1024
HOP = 320
BANDS = 80
FLOOR = 1e-5
_PADDING = (SIZE - HOP) // 2


def log_mel(signal: Signal) -> spectra.Spectra:
    """Log-mel spectrogram [T // 320, 80] of a signal [T] at 16 kHz, T >= 353."""
    padded = np.pad(signal, _PADDING, mode="reflect")
    magnitude = np.sqrt(spectra.power_spectra(padded, spectra.hann(SIZE), HOP) + 1e-9)
    mel = magnitude @ spectra.mel_filters(RATE, SIZE, BANDS, 0.0, RATE / 2).T
    return np.log(np.maximum(mel, FLOOR))


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `mel_distance`."""
    return {"mel_distance": float(np.mean(np.abs(log_mel(reference) - log_mel(degraded))))}


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
    misled={"quiet": "log-mel distance falls", "narrow": "log-mel distance rises"},
)
