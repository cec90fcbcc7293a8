"""SCOREQ without a reference, natural domain: predicted MOS, 1 to 5, higher is better.

See `scoreq` for the paper, and docs/weight_metrics.md for the file and its licence.
"""

from .base import Column, Meaning, Metric, Signal
from .machinery import scoreq
from .machinery.weights import needs

WEIGHTS = scoreq.published("adapt_nr_telephone.onnx")


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `scoreq_nr` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    return {"scoreq_nr": scoreq.outputs(WEIGHTS, degraded).item()}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "scoreq_nr",
            "higher",
            short="SCOREQ",
            long="SCOREQ without reference",
            place=100,
            shown="tables",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears=(
                    "degradations of quality, by an encoder that was finetuned on "
                    "listeners' ratings."
                ),
                misses="what was said, and whether it is the right recording.",
                traps=(
                    "The natural and the synthetic domain are two scales. Trained on "
                    "segments of 4 s."
                ),
            ),
        ),
    ),
    packages=("onnxruntime",),
    weights=WEIGHTS,
    shortest=scoreq.SHORTEST,
    longest=scoreq.LONGEST,
    needs_reference_activity=False,
    unavailable=needs(WEIGHTS, ("onnxruntime",), "onnxruntime"),
    place=4,
)
