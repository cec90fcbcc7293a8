"""Distill-MOS: predicted MOS of speech, 1 to 5, without a reference.

Stahl & Gamper, "Distillation and Pruning for Scalable Self-Supervised Representation-Based Speech
Quality Assessment" (ICASSP 2025): a small student of a wav2vec 2.0 XLS-R rater. The weights are
those in the package `distillmos`; the network is `machinery.distill_mos_network`, and gives its
values. Each segment of 7.68 s is scaled to its own peak, so that level is not heard; a shorter
signal gets zeros behind it, and of a longer one segments at most 1 s apart are averaged.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery.packaged import PackagedWeights

RATE = 16_000
SEGMENT = 122_880  # samples
FARTHEST = RATE  # samples between the beginnings of two segments
WEIGHTS = PackagedWeights(
    "distillmos", "weights/distill_mos_v7.pt", "distillmos==0.9.1", licence="MIT"
)


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Any:
    """The network of a file. Loaded once in a process."""
    from .machinery.distill_mos_network import load  # torch takes seconds to import

    with WEIGHTS.reading():
        return load(path)


def beginnings(samples: int) -> list[int]:
    """Where the segments of a signal of so many samples begin."""
    over = max(samples - SEGMENT, 0)
    return [int(share * over) for share in np.linspace(0, 1, -(-over // FARTHEST) + 1)]


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `distill_mos` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    import torch

    network = _loaded(WEIGHTS.path)
    padded = np.pad(degraded, (0, max(SEGMENT - len(degraded), 0))).astype(np.float32)
    with torch.inference_mode():
        ratings = [  # one at a time: memory does not grow with the length
            network(torch.from_numpy(padded[None, begin : begin + SEGMENT])).item()
            for begin in beginnings(len(degraded))
        ]
    return {"distill_mos": float(np.mean(ratings))}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "distill_mos",
            "higher",
            short="DistillMOS",
            long="Distill-MOS",
            place=92,
            shown="tables",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="quality as a network for self-supervised speech representations was "
                "taught to rate it.",
                misses="what was said and who said it; the level, since segments are scaled to "
                "their peak.",
                traps="It hears rounding to 16 bits, which every condition shares. Segments are "
                "filled up with zeros to 7.68 s.",
            ),
        ),
    ),
    packages=("distillmos", "torch"),
    sample_rate=RATE,
    shortest=0.5,
    needs_reference_activity=False,
    unavailable=WEIGHTS.missing,
    place=11,
)
