"""Clock drift in parts per million: positive where the degraded signal is longer (see `alignment`).

It is reported and never removed. Resampling by a rounded ratio is its usual cause.
"""

from .base import Column, Metric, Signal, Undefined
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
        ),
    ),
    sample_rate=alignment.RATE,
)
