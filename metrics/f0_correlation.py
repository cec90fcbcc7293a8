"""Pearson's correlation of F0, over the frames that are voiced in both signals.

F0 is `pitch.track`'s in Hz, every 10 ms. The correlation says whether the intonation's shape is
kept; unlike `f0_rmse` it does not see a constant offset or factor. Frames that lost or gained
voicing are `vuv_error`'s.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import pitch


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `f0_correlation`, from -1 to 1.

    Raises:
        Undefined: fewer than two frames are voiced in both, or F0 is constant in one of them.
    """
    tracks = pitch.track(reference), pitch.track(degraded)
    voiced = (tracks[0] > 0) & (tracks[1] > 0)
    pair = np.stack([track[voiced] for track in tracks]).astype(np.float64)
    if pair.shape[1] < 2 or not np.ptp(pair, axis=1).all():
        raise Undefined(
            f"no F0 correlation: {pair.shape[1]} frames are voiced in both signals, "
            "and it takes two with different F0 in each"
        )
    centred = pair - pair.mean(axis=1, keepdims=True)
    shapes = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return {"f0_correlation": float(np.clip(shapes[0] @ shapes[1], -1, 1))}


METRIC = Metric(
    score,
    (
        Column(
            "f0_correlation",
            "higher",
            short="F0 corr",
            long="F0 correlation",
            digits=3,
            family="pitch",
            place=230,
            shown="tables",
            meaning=Meaning(
                span="-1 to 1 (the same shape)",
                mode="with reference",
                hears="whether the intonation's shape is kept.",
                misses="a constant offset or factor of pitch, and lost voicing.",
                traps=(
                    "Monotonous speech has little to correlate, so that its values "
                    "scatter; octave errors outweigh all else."
                ),
            ),
        ),
    ),
    sample_rate=pitch.RATE,
    aligned=True,
    shortest=pitch.LENGTH / pitch.RATE,
)
