"""Root mean square error of F0 in Hz, over the frames that are voiced in both signals.

F0 is `pitch.track`'s, every 10 ms. It is in Hz and not in cents since that is what papers on codecs
report: octave errors of a few frames outweigh small ones of all, and the same interval weighs more
in a high voice. Frames that lost or gained voicing are `vuv_error`'s.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import pitch


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `f0_rmse`, in Hz.

    Raises:
        Undefined: no frame is voiced in both.
    """
    expected, found = pitch.track(reference), pitch.track(degraded)
    voiced = (expected > 0) & (found > 0)
    if not voiced.any():
        raise Undefined(
            f"no F0 error: of {len(expected)} frames {np.count_nonzero(expected)} are voiced in "
            f"the reference, {np.count_nonzero(found)} in the degraded signal, none in both"
        )
    difference = (expected - found)[voiced].astype(np.float64)
    return {"f0_rmse": float(np.sqrt(np.mean(difference**2)))}


METRIC = Metric(
    score,
    (
        Column(
            "f0_rmse",
            "lower",
            short="F0",
            long="F0 RMSE",
            digits=1,
            unit="Hz",
            family="pitch",
            place=220,
            shown="tables",
            meaning=Meaning(
                span="0 Hz upwards",
                mode="with reference",
                hears="wrong pitch, where both signals are voiced.",
                misses=(
                    "frames that lost or gained voicing (`vuv_error`), and everything but pitch."
                ),
                traps=(
                    "Octave errors of a few frames outweigh all small ones. A decoder "
                    "that loses voicing may gain, since the difficult frames are left "
                    "out."
                ),
            ),
        ),
    ),
    sample_rate=pitch.RATE,
    aligned=True,
    shortest=pitch.LENGTH / pitch.RATE,
    misled={"rumble": "F0 RMSE rises"},
)
