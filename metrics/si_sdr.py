"""Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., ICASSP 2019, eq. 4).

    target = (<degraded, reference> / |reference|^2) reference
    SI-SDR = 10 log10(|target|^2 / |degraded - target|^2)

No mean is subtracted. Either energy is at least 2^-52 of the degraded signal's, which is what
float64 resolves: identical signals, and copies of either sign at any gain, score 156.5 dB, and an
orthogonal signal -156.5 dB.

The column is shown and never ranked: it measures the waveform, which a generative decoder is free
to choose, and would put noise above a transparent vocoder.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal, Undefined

_RESOLUTION = float(np.finfo(np.float64).eps)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `si_sdr`, in dB.

    Raises:
        Undefined: one of the signals is digital silence.
    """
    energy, total = float(reference @ reference), float(degraded @ degraded)
    if energy == 0 or total == 0:
        side = "reference" if energy == 0 else "degraded signal"
        raise Undefined(f"SI-SDR is undefined: the {side} is digital silence")
    target = (float(degraded @ reference) / energy) * reference
    error = degraded - target
    floor = _RESOLUTION * total
    ratio = max(float(target @ target), floor) / max(float(error @ error), floor)
    return {"si_sdr": float(10 * np.log10(ratio))}


METRIC = Metric(
    score,
    (
        Column(
            "si_sdr",
            "none",
            short="SI-SDR",
            long="SI-SDR",
            digits=1,
            unit="dB",
            family="alignment",
            place=250,
            shown="page",
            meaning=Meaning(
                span="-156.5 to 156.5 dB (identical)",
                mode="with reference",
                hears="every deviation of the waveform but a gain, phase included.",
                misses="whether a deviation is audible.",
                traps=(
                    "It inverts the order of generative decoders, which choose their own "
                    "phase, and puts noise above a transparent vocoder: shown, never "
                    "ranked."
                ),
            ),
        ),
    ),
    aligned=True,
    misled={"DC offset": "SI-SDR falls", "rumble": "SI-SDR falls"},
)
