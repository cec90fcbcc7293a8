"""Voicing decision error (Nakatani et al., Speech Communication 50, 2008).

The fraction of all frames, silence included, that are voiced in one signal and not in the other, as
`pitch.track` decides every 10 ms.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery import pitch


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `vuv_error`, from 0 to 1."""
    voiced = pitch.track(reference) > 0, pitch.track(degraded) > 0
    return {"vuv_error": float(np.mean(voiced[0] != voiced[1]))}


METRIC = Metric(
    score,
    (
        Column(
            "vuv_error",
            "lower",
            short="V/UV",
            long="voicing error",
            digits=3,
            family="pitch",
            place=240,
            shown="tables",
            meaning=Meaning(
                span="0 to 1",
                mode="with reference",
                hears=(
                    "frames that are voiced in one signal and not in the other: hoarse "
                    "or buzzing voices, lost onsets."
                ),
                misses="how wrong the pitch is, and everything else.",
                traps=(
                    "Over all frames, silence included: a recording with long pauses has "
                    "a smaller one."
                ),
            ),
        ),
    ),
    sample_rate=pitch.RATE,
    aligned=True,
    shortest=pitch.LENGTH / pitch.RATE,
    misled={"rumble": "voicing error rises"},
)
