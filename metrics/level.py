"""Level of the degraded signal relative to the reference, in dB: the ratio of their RMS.

Reported since mel distance and LSD see a gain that listeners would correct with a knob.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery.signals import rms


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `level_db`.

    Raises:
        Undefined: one of the signals is digital silence.
    """
    levels = {"reference": rms(reference), "degraded signal": rms(degraded)}
    for side, level in levels.items():
        if level == 0:
            raise Undefined(f"level: the {side} is digital silence")
    return {"level_db": float(20 * np.log10(levels["degraded signal"] / levels["reference"]))}


METRIC = Metric(
    score,
    (
        Column(
            "level_db",
            "none",
            short="level",
            long="level",
            digits=1,
            unit="dB",
            family="alignment",
            place=290,
            shown="page",
            meaning=Meaning(
                span="any; 0 dB is the same level",
                mode="with reference",
                hears="louder or quieter decoded speech.",
                misses="a level that changes within the recording.",
                traps=(
                    "Mel distance and LSD count a gain as distortion: look here before "
                    "believing them."
                ),
            ),
        ),
    ),
)
