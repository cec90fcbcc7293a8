"""Delay of the degraded signal in milliseconds: positive where it is late (see `alignment`).

A result of its own: who uses a codec waits for it. Metrics that need it have it removed.
"""

from .base import Metric, Signal, Undefined
from .machinery import alignment


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `delay_ms`, a whole number of samples at 16 kHz.

    Raises:
        Undefined: the signals do not correlate.
    """
    delay = alignment.estimate(reference, degraded, alignment.RATE).delay_samples
    if isinstance(delay, Undefined):
        raise Undefined(*delay.args)
    return {"delay_ms": delay / alignment.RATE * 1000}


METRIC = Metric(score, {"delay_ms": "none"}, sample_rate=alignment.RATE)
