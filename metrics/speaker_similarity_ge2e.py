"""Speaker similarity by Resemblyzer's encoder: cosine of the embeddings of both signals, 0 to 1.

The encoder (Wan et al., "Generalized End-to-End Loss for Speaker Verification", ICASSP 2018) and
its weights are those of the package `resemblyzer`; the network is `machinery.ge2e_network`. What
stands before it is the package's, computed here:

    level     up to -30 dB of full scale; a louder signal is left alone
    silences  of more than 0.2 s are shortened, by WebRTC's detector in its strictest mode
    mel       40 bands of power, not its logarithm: Hann windows of 25 ms every 10 ms
    windows   of 1.6 s every 0.77 s; their embeddings are averaged

It is another scale than that of `speaker_similarity`: on clean speech of VCTK, two sentences of one
speaker have about 0.9, those of two speakers about 0.6.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from .base import Column, Meaning, Metric, MetricError, Signal
from .machinery import spectra, voice_activity
from .machinery.packaged import PackagedWeights
from .machinery.remember import remember
from .machinery.signals import rms

RATE = 16_000
LEVEL = 10 ** (-30 / 20)  # RMS
SMOOTHED, SPREAD = 8, 7  # frames of the detector
SIZE, HOP, BANDS = 400, 160, 40
WINDOW, STEP = 160, 77  # spectra of one embedding, and between two
COVERED = 0.75  # of the last window: it is left out where less of it is signal
FULL_SCALE = 2**15 - 1
WEIGHTS = PackagedWeights(
    "resemblyzer", "pretrained.pt", "resemblyzer==0.1.4", licence="Apache-2.0"
)


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Any:
    """The network of a file. Loaded once in a process."""
    from .machinery.ge2e_network import load  # torch takes seconds to import

    with WEIGHTS.reading():
        return load(path)


def spoken(signal: Signal) -> Signal:
    """A signal [T] at the level of the encoder, without long silences.

    Raises:
        MetricError: nothing in it is speech.
    """
    louder = signal * max(1.0, LEVEL / max(rms(signal), 1e-12))
    whole = louder[: len(louder) // voice_activity.FRAME * voice_activity.FRAME]
    samples = np.clip(np.round(whole * FULL_SCALE), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)
    heard = voice_activity.active(samples, mode=3).astype(np.float64)
    around = np.pad(heard, ((SMOOTHED - 1) // 2, SMOOTHED // 2))
    share = np.convolve(around, np.ones(SMOOTHED), mode="valid") / SMOOTHED
    kept = binary_dilation(np.round(share).astype(bool), np.ones(SPREAD))
    if not kept.any():
        raise MetricError("no speaker similarity: the detector finds no speech")
    return np.asarray(whole[np.repeat(kept, voice_activity.FRAME)])


def windows(signal: Signal) -> NDArray[np.float32]:
    """Mel spectra [N, 160, 40] of the windows of a signal [T]."""
    frames = -(-(len(signal) + 1) // HOP)
    starts = list(range(0, max(1, frames - WINDOW + STEP + 1), STEP))
    if len(starts) > 1 and (len(signal) - starts[-1] * HOP) / (WINDOW * HOP) < COVERED:
        starts.pop()
    behind = max(0, (starts[-1] + WINDOW) * HOP - len(signal))
    padded = np.pad(signal, (SIZE // 2, behind + SIZE // 2))
    power = spectra.power_spectra(padded, spectra.hann(SIZE), HOP)
    mel = power @ spectra.mel_filters(RATE, SIZE, BANDS, 0.0, RATE / 2).T
    return np.stack([mel[start : start + WINDOW] for start in starts]).astype(np.float32)


@remember(4096)
def _embedding(signal: Signal, path: str) -> NDArray[np.float64]:
    """Unit vector of the speaker of a signal [T], by the network of a file."""
    import torch

    network = _loaded(Path(path))
    with torch.inference_mode():
        each = network(torch.from_numpy(windows(spoken(signal)))).numpy().astype(np.float64)
    mean = each.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `speaker_similarity_ge2e` of two signals [T] at 16 kHz.

    Raises:
        MetricError: no speech is found in one of them.
    """
    path = str(WEIGHTS.path)
    ours, theirs = (_embedding(signal, path) for signal in (reference, degraded))
    return {"speaker_similarity_ge2e": float(np.clip(ours @ theirs, -1, 1))}


def unavailable() -> str:
    """Why this metric cannot run here; "" if it can."""
    return voice_activity.unavailable() or WEIGHTS.missing()


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "speaker_similarity_ge2e",
            "higher",
            short="SIM-GE2E",
            long="speaker similarity (GE2E)",
            digits=3,
            family="speaker",
            place=181,
            shown="tables",
            meaning=Meaning(
                span="0 to 1 (the same voice)",
                mode="with reference",
                hears="the voice, as an encoder for speaker verification hears it.",
                misses="words, and quality as far as the voice is kept.",
                traps="Two speakers still have about 0.6, another sentence of the same one 0.9: "
                "read differences above that. Another scale than that of `speaker_similarity`.",
            ),
        ),
    ),
    packages=("resemblyzer", voice_activity.PACKAGE, "torch"),
    sample_rate=RATE,
    shortest=0.5,
    longest=60.0,
    unavailable=unavailable,
    place=13,
)
