"""NISQA v2: predicted overall quality and four of its dimensions, 1 to 5, without a reference.

Mittag et al., "NISQA: A Deep CNN-Self-Attention Model for Multidimensional Speech Quality
Prediction with Crowdsourced Datasets" (Interspeech 2021). The weights are the authors' `nisqa.tar`
(`nisqa_tts.tar` is another metric), whose licence forbids commercial use; the network is
`machinery.nisqa_network`, and what stands before it is here, with the settings of these weights:
    spectrogram  magnitudes of Hann windows of 20 ms every 10 ms, DFT of 4096 points, the signal
                 reflected by 2048 samples at its ends
    mel          48 bands from 0 to 20 kHz, Slaney's; those above half the rate are empty
    level        decibels, 1e-4 at least, and at most 80 below the largest
    segments     15 frames, every 4 frames

NISQA takes any rate, and hears the bandwidth: here it judges 16 kHz, as all metrics do, so that
its values stand below those of full-band recordings. It was trained on 6 to 12 s of speech.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra
from .machinery.weights import Weights, needs

RATE = 16_000
WINDOW, HOP, SIZE = RATE // 50, RATE // 100, 4096
BANDS, HIGHEST = 48, 20_000.0
FLOOR, RANGE = 1e-4, 80.0
SEGMENT, STEP = 15, 4

DIMENSIONS = (
    ("noisiness", "NOI", "background and coding noise, more is less noisy."),
    ("discontinuity", "DIS", "gaps, clicks and warbling, more is smoother."),
    ("coloration", "COL", "missing bands and a changed timbre, more is more natural."),
    ("loudness", "LOUD", "a level that is too low or too high, more is better."),
)
COLUMNS = (
    Column(
        "nisqa",
        "higher",
        short="NISQA",
        long="NISQA",
        place=130,
        shown="tables",
        meaning=Meaning(
            span="1 to 5",
            mode="without reference",
            hears=(
                "noise, coloration, interruptions and loudness, as listeners of "
                "telephone speech rate them."
            ),
            misses="what was said and who said it.",
            traps=(
                "It hears bandwidth, and here all is judged at 16 kHz: values stand "
                "below those of full-band recordings. Trained on 6 to 12 s."
            ),
        ),
    ),
    *(
        Column(
            f"nisqa_{name}",
            "higher",
            short=f"NISQA-{short}",
            long=f"NISQA {name}",
            place=131,
            shown="page",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears=hears,
                misses="what was said and who said it, and the other dimensions.",
                traps="As of `nisqa`: more is better, of noisiness too.",
            ),
        )
        for name, short, hears in DIMENSIONS
    ),
)
FILE = "nisqa.tar"
WEIGHTS = Weights(
    "nisqa",
    "https://raw.githubusercontent.com/gabrielmittag/NISQA/"
    "fe84f0f252abec382b24367d5b22498a7ce34dbb/weights",
    (FILE,),
    {FILE: "7ec4cf937514dd3f8860b21e66fabd8ca87a168572675ef8d979c4c4ad2e805c"},
    sizes={FILE: 1_051_663},
    megabytes=1.1,
    licence="CC BY-NC-SA 4.0",
    restriction="no commercial use",
)


def mel_spectrogram(signal: Signal) -> NDArray[np.float64]:
    """Levels in dB [bands, frames] of a signal [T] at 16 kHz, one frame for each 10 ms."""
    before = (SIZE - WINDOW) // 2
    window = np.pad(spectra.hann(WINDOW), (before, SIZE - WINDOW - before))
    padded = np.pad(signal, SIZE // 2, mode="reflect")
    magnitudes = np.sqrt(spectra.power_spectra(padded, window, HOP))
    mel = magnitudes @ spectra.mel_filters(RATE, SIZE, BANDS, 0.0, HIGHEST).T
    db = 20 * np.log10(np.maximum(mel, FLOOR))
    return np.asarray(np.maximum(db, db.max() - RANGE).T)


def segments(spectrogram: NDArray[np.float64]) -> NDArray[np.float32]:
    """The network's input [1, segments, 1, bands, 15] of levels [bands, frames]."""
    cut = np.lib.stride_tricks.sliding_window_view(spectrogram, SEGMENT, axis=1)[:, ::STEP]
    return cut.transpose(1, 0, 2)[None, :, None].astype(np.float32)


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Any:
    """The network of a file. Loaded once in a process."""
    from .machinery.nisqa_network import load  # torch takes seconds to import

    with WEIGHTS.reading():
        return load(path)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Columns `nisqa*` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    import torch

    network = _loaded(WEIGHTS.path(FILE))
    with torch.inference_mode():
        ratings = network(torch.from_numpy(segments(mel_spectrogram(degraded)))).ravel().tolist()
    return dict(zip((column.name for column in COLUMNS), ratings, strict=True))


METRIC = Metric(
    score=score,
    columns=COLUMNS,
    version="2",
    packages=("torch",),
    weights=WEIGHTS,
    sample_rate=RATE,
    shortest=0.5,
    longest=52.0,
    needs_reference_activity=False,
    unavailable=needs(WEIGHTS, ("torch",), "torch"),
    place=9,
)
