"""Polarity of the degraded signal: 1, or -1 where its waveform is inverted (see `alignment`).

No other metric of the suite notices, and neither do listeners; mixing with the original does.
"""

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import alignment


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `polarity`.

    Raises:
        Undefined: the waveforms do not correlate.
    """
    polarity = alignment.estimate(reference, degraded, alignment.RATE).polarity
    if isinstance(polarity, Undefined):
        raise Undefined(*polarity.args)
    return {"polarity": float(polarity)}


METRIC = Metric(
    score,
    (
        Column(
            "polarity",
            "none",
            short="polarity",
            long="polarity",
            digits=1,
            family="alignment",
            place=280,
            shown="page",
            meaning=Meaning(
                span="-1 or 1",
                mode="with reference",
                hears="an inverted waveform.",
                misses="everything else.",
                traps=("No listener and no other metric notices; mixing with the original does."),
            ),
        ),
    ),
    sample_rate=alignment.RATE,
)
