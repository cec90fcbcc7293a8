"""WARP-Q: cost of warping patches of the degraded signal onto the reference, lower is better.

Jassim, Skoglund, Chinen & Hines, "Speech quality assessment with WARP-Q: From similarity to
subsequence dynamic time warp cost" (IET Signal Processing 16(9), 2022), made for generative codecs,
which keep no waveform. Computed here from the paper, with the settings and the voice activity of
the authors' package `warpq` 1.5.2, whose values it gives, but not rounded to three digits:

    activity   WebRTC's detector in its mildest mode, each answer spread to the frames beside it;
               what is left of both signals is joined
    cepstra    13 of 128 mel bands up to 5 kHz: Hann windows of 32 ms every 4 ms, DFT of 1024,
               decibels down to 80 below the loudest, DCT-II, liftered by 1 + 1.5 sin(pi n / 3)
    locally    mean 0 and variance 1 within 201 frames (0.8 s) around each
    patches    92 frames (0.4 s) of the degraded signal, every 42 (0.2 s)
    cost       of the cheapest path of a patch anywhere into the reference, with the steps (1, 0),
               (0, 3) and (1, 3) of (patch, reference), Euclidean, per frame of the patch
    score      the median over the patches

No step moves one frame in both signals, so that an identical pair costs about 0.6, not 0. Patches
lie anywhere in the reference: words in another order cost nothing. The time is that of the product
of both lengths.
"""

from importlib.util import find_spec
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import binary_dilation, uniform_filter1d

from .base import Column, Meaning, Metric, MetricError, Signal
from .machinery import spectra, voice_activity
from .machinery.remember import remember

RATE = 16_000
WINDOW, HOP, SIZE = 512, 64, 1024
BANDS, HIGHEST = 128, 5_000.0
QUIETEST, RANGE = 1e-10, 80.0
CEPSTRA, LIFTER = 13, 3
LOCAL = 201  # frames
PATCH, STEP = 92, 42  # frames
LEAST_DEVIATION = 2.0**-30
SPEECH = 6_400  # samples of speech that each signal needs: 0.4 s

Floats = NDArray[np.float64]


def _speech(signal: Signal) -> Signal:
    """What of a signal [T] is speech.

    Raises:
        MetricError: it is too short.
    """
    padded = np.pad(signal, (0, voice_activity.FRAME - len(signal) % voice_activity.FRAME))
    samples = np.clip(padded * 2.0**15, -(2**15), 2**15 - 1).astype(np.int16)
    heard = voice_activity.active(samples, mode=0)
    spread = binary_dilation(heard, np.ones(3))
    speech = np.asarray(signal[np.repeat(spread, voice_activity.FRAME)[: len(signal)]])
    if len(speech) < SPEECH:
        raise MetricError(
            f"WARP-Q needs {SPEECH / RATE:g} s of speech in both signals; its detector finds "
            f"{len(speech) / RATE:.2f} s"
        )
    return speech


def _normalized(cepstra: Floats) -> Floats:
    """Cepstra [F, C] with mean 0 and variance 1 in the frames around each; mirrored at the ends."""

    def local(values: Floats) -> Floats:
        return np.asarray(uniform_filter1d(values, LOCAL, axis=0, mode="reflect"))

    centred = cepstra - local(cepstra)
    variance = local(centred**2) - local(centred) ** 2
    return np.asarray(centred / (np.sqrt(np.maximum(variance, 0.0)) + LEAST_DEVIATION))


@remember(32 << 20, size=attrgetter("nbytes"))
def features(signal: Signal) -> Floats:
    """Normalized cepstra [F, 13] of what is speech in a signal [T] at 16 kHz, F = 1 + T // 64.

    Raises:
        MetricError: there is too little of it.
    """
    beside = (SIZE - WINDOW) // 2
    window = np.pad(spectra.hann(WINDOW), beside)
    padded = np.pad(_speech(signal), SIZE // 2)
    power = spectra.power_spectra(padded, window, HOP)
    mel = power @ spectra.mel_filters(RATE, SIZE, BANDS, 0.0, HIGHEST).T
    decibels = 10 * np.log10(np.maximum(mel, QUIETEST))
    decibels = np.maximum(decibels, decibels.max() - RANGE)
    cepstra = fft.dct(decibels, type=2, norm="ortho", axis=1)[:, :CEPSTRA]
    lifter = 1 + LIFTER / 2 * np.sin(np.pi * np.arange(1, CEPSTRA + 1) / LIFTER)
    return _normalized(cepstra * lifter)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `warp_q` of two signals [T] at 16 kHz.

    Raises:
        MetricError: less than 0.4 s of one of them is speech.
    """
    from .machinery.warping import path_cost  # numba compiles, or loads what it compiled

    ours, theirs = features(reference), features(degraded)
    starts = range(0, len(theirs) - PATCH + 1, STEP)
    costs = [path_cost(theirs[start : start + PATCH], ours) / PATCH for start in starts]
    return {"warp_q": float(np.median(costs))}


def unavailable() -> str:
    """Why WARP-Q cannot run here; "" if it can."""
    return voice_activity.unavailable() or ("" if find_spec("numba") else "pip install numba")


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "warp_q",
            "lower",
            short="WARP-Q",
            long="WARP-Q",
            place=95,
            shown="tables",
            meaning=Meaning(
                span="about 0.6 (an identical pair) upwards",
                mode="with reference",
                hears="how far the cepstra of speech segments are from the nearest stretch of "
                "the reference, wherever it lies in time.",
                misses="shifts in time, and what lies in pauses.",
                traps="Lower is better, and an identical pair does not have 0.",
            ),
        ),
    ),
    packages=(voice_activity.PACKAGE,),
    sample_rate=RATE,
    shortest=1.0,
    longest=60.0,
    needs_degraded_activity=True,
    unavailable=unavailable,
    place=10,
)
