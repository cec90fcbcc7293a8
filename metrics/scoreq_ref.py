"""SCOREQ with a reference, natural domain: a distance from 0, lower is better.

The Euclidean distance of the unit-length embeddings of both signals, at most 2. It is no MOS: its
direction is the opposite of `scoreq_nr`'s. See `scoreq` for the paper, and docs/weight_metrics.md
for the file and its licence.
"""

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery import scoreq
from .machinery.remember import remember
from .machinery.weights import needs

WEIGHTS = scoreq.published("fixed_nmr_telephone.onnx")


@remember(4096)
def _embedding(signal: Signal, folder: str) -> NDArray[np.float64]:
    """Embedding [features] of a signal; `folder` tells one network's from another's."""
    (embedding,) = scoreq.outputs(WEIGHTS, signal).astype(np.float64)
    return np.asarray(embedding)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `scoreq_ref` of two signals [T] at 16 kHz."""
    ours, theirs = (_embedding(s, str(WEIGHTS.folder)) for s in (reference, degraded))
    return {"scoreq_ref": float(np.linalg.norm(ours - theirs))}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "scoreq_ref",
            "lower",
            short="SCOREQ-ref",
            long="SCOREQ distance",
            digits=3,
            place=110,
            shown="tables",
            meaning=Meaning(
                span="0 (the same signal) to 2",
                mode="with reference",
                hears=("how far the quality of the two signals lies apart in the network's space."),
                misses="words, as long as both sound equally good.",
                traps=(
                    "It is a distance and no MOS: lower is better, the opposite of `scoreq_nr`."
                ),
            ),
        ),
    ),
    packages=("onnxruntime",),
    weights=WEIGHTS,
    shortest=scoreq.SHORTEST,
    longest=scoreq.LONGEST,
    unavailable=needs(WEIGHTS, ("onnxruntime",), "onnxruntime"),
    place=5,
)
