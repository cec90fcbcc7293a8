"""Log-spectral distance in dB (Gray & Markel, IEEE Trans. ASSP 24(5), 1976).

The root mean square over frequency of the difference of two log power spectra in dB, averaged over
frames:

    frames    512 samples (32 ms), periodic Hann window, hop 128 (8 ms), no padding, all 257 bins
    spectrum  |X|^2 over the energy of the window: white noise of variance v has the expectation v
    floor     1e-8 (-80 dB of full scale), a clamp. For speech at -26 dB of full scale heard at
              65 dB SPL it lies near the threshold of hearing at 4 kHz: what no one hears does not
              count, and digital silence is a number

A suite of 24 or 48 kHz measures up to 12 or 24 kHz: frames of the same durations, 257 bins for each
8 kHz. The band above 8 kHz counts as much as that below: distances of two rates are not compared.

A gain of g dB is a distance of |g| where no bin is at the floor. Papers on bandwidth extension
often omit the factor 10 of the decibel and use 2048-sample frames; their numbers are not these.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra

RATE = 16_000
SIZE = 512
HOP = 128
FLOOR = 1e-8


def _decibels(signal: Signal, rate: int) -> spectra.Spectra:
    window = spectra.hann(SIZE * rate // RATE)
    return 10 * np.log10(np.maximum(spectra.density(signal, window, HOP * rate // RATE), FLOOR))


def score(reference: Signal, degraded: Signal, rate: int = RATE) -> dict[str, float]:
    """Column `lsd`, in dB, of a pair [T] at a rate in Hz."""
    difference = _decibels(reference, rate) - _decibels(degraded, rate)
    return {"lsd": float(np.mean(np.sqrt(np.mean(difference**2, axis=1))))}


def at_rate(rate: int) -> Metric:
    """The metric of a suite of wider band."""
    return replace(METRIC, score=partial(score, rate=rate), sample_rate=rate)


METRIC = Metric(
    score,
    (
        Column(
            "lsd",
            "lower",
            short="LSD",
            long="log-spectral distance",
            unit="dB",
            family="spectral",
            place=200,
            shown="tables",
            meaning=Meaning(
                span="0 dB (identical) upwards",
                mode="with reference",
                hears=(
                    "every difference of the log spectrum at each frequency, harmonics "
                    "and the gaps between them alike."
                ),
                misses="phase, and whether a difference is masked.",
                traps=(
                    "The gaps between harmonics and the band above a codec's cutoff "
                    "decide it. A gain of g dB costs |g|. Papers on bandwidth extension "
                    "often leave out the factor 10."
                ),
            ),
        ),
    ),
    sample_rate=RATE,
    aligned=True,
    shortest=SIZE / RATE,
    at_rate=at_rate,
    misled={"quiet": "LSD falls", "DC offset": "LSD rises", "narrow": "LSD falls"},
)
