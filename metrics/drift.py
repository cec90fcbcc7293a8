"""Clock drift in parts per million: positive where the degraded signal is longer (see `alignment`).

It is reported and never removed. Resampling by a rounded ratio is its usual cause.
"""

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import alignment


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `drift_ppm`.

    Raises:
        Undefined: the waveforms do not correlate, or the signal is too short to tell.
    """
    drift = alignment.estimate(reference, degraded, alignment.RATE).drift_ppm
    if isinstance(drift, Undefined):
        raise Undefined(*drift.args)
    return {"drift_ppm": drift}


METRIC = Metric(
    score,
    (
        Column(
            "drift_ppm",
            "none",
            short="drift",
            long="clock drift",
            digits=0,
            unit="ppm",
            family="alignment",
            place=270,
            shown="page",
            meaning=Meaning(
                span="any; 0 is the same clock",
                mode="with reference",
                hears="a decoded signal that is slower or faster than its reference.",
                misses=("drift of a decoder that makes its own phase: there it is undefined."),
                traps=(
                    "Resampling by a rounded ratio is its usual cause, and it costs PESQ "
                    "and ViSQOL though nobody hears it."
                ),
            ),
        ),
    ),
    sample_rate=alignment.RATE,
)
