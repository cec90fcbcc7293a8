"""Delay of the degraded signal in milliseconds: positive where it is late (see `alignment`).

A result of its own: who uses a codec waits for it. Metrics that need it have it removed.
"""

from .base import Column, Meaning, Metric, Signal, Undefined
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


METRIC = Metric(
    score,
    (
        Column(
            "delay_ms",
            "none",
            short="delay",
            long="delay",
            digits=1,
            unit="ms",
            family="alignment",
            place=260,
            shown="tables",
            meaning=Meaning(
                span="any; 0 is aligned",
                mode="with reference",
                hears="how much later the decoded signal is.",
                misses="a delay that varies within the recording: it is one number.",
                traps=(
                    "It is what is left in the files, not the algorithmic delay, which "
                    "`nscbench cost` measures."
                ),
            ),
        ),
    ),
    sample_rate=alignment.RATE,
)
