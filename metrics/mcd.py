"""Mel-cepstral distortion in dB (Kubichek, IEEE PACRIM 1993), without time warping.

    MCD = mean over frames of (10 / ln 10) sqrt(2 sum_{m=1..24} (c_m - c'_m)^2)

with c the mel-cepstrum of Fukada, Tokuda, Kobayashi & Imai (ICASSP 1992), which is what SPTK's
`mcep` computes and what papers on speech synthesis mean:

    frames      512 samples (32 ms), periodic Blackman window, hop 320 (20 ms), no padding
    model       ln |H(w)| = sum_{m=0..24} c_m cos(m b(w)), b the phase of the all-pass of constant
                0.42, which bends the frequency axis like mel at 16 kHz
    estimate    the c that minimises mean_w (P / |H|^2 + ln |H|^2), P the periodogram: it follows
                the harmonics, not the gaps between them
    floor       1e-8 (-80 dB of full scale) is added to P, a density as in `lsd`

c_0, the level, does not count, so a gain costs nothing where P is far above the floor. Frames are
compared in place, since signals are aligned: time warping, usual in synthesis, hides timing errors.
Packages that take the cosine transform of mel filters (MFCC) for it give other numbers.
"""

from functools import lru_cache

import numpy as np

from .base import Column, Meaning, Metric, MetricError, Signal
from .machinery import spectra

RATE = 16_000
SIZE = 512
HOP = 320
ORDER = 24
WARP = 0.42
FLOOR = 1e-8
_TOLERANCE = 1e-4  # nepers: the last Newton step of any coefficient; what remains is its square
_STEPS = 50
_STRIDE = 1.0  # nepers: the most that one step may move ln |H|, so that it cannot overshoot
_BLOCK = 200  # frames at once: each has a Hessian


@lru_cache(maxsize=1)
def _bases() -> tuple[spectra.Spectra, spectra.Spectra, spectra.Spectra]:
    """Three matrices over the bins.

    Returns:
        synthesis [1 + ORDER, bins]: from c to ln |H|.
        moments [bins, 1 + 2 ORDER]: from a spectrum to its warped autocorrelation.
        projection [bins, 1 + ORDER]: from ln P / 2 to its cepstrum on the warped axis.
    """
    w = 2 * np.pi * np.arange(SIZE // 2 + 1) / SIZE
    warped = w + 2 * np.arctan2(WARP * np.sin(w), 1 - WARP * np.cos(w))
    slope = (1 - WARP**2) / (1 + WARP**2 - 2 * WARP * np.cos(w))
    share = np.full(len(w), 2 / SIZE)  # of a mean over the whole circle
    share[[0, -1]] /= 2
    cosines = np.cos(np.arange(2 * ORDER + 1)[:, None] * warped)
    projection = 2 * (cosines[: ORDER + 1] * share * slope).T
    projection[:, 0] /= 2
    return cosines[: ORDER + 1], (cosines * share).T, projection


def mel_cepstrum(periodogram: spectra.Spectra) -> spectra.Spectra:
    """Mel-cepstra [F, 1 + ORDER] in nepers, of positive periodograms [F, SIZE // 2 + 1].

    The criterion is convex in c, so that Newton's method with bounded steps finds its one minimum.
    Its Hessian is a Toeplitz plus a Hankel matrix of the warped autocorrelation of P / |H|^2.

    Raises:
        MetricError: a frame did not converge.
    """
    synthesis, moments_of, projection = _bases()
    flat = moments_of.sum(axis=0)[: ORDER + 1]
    order = np.arange(ORDER + 1)
    toeplitz, hankel = abs(order[:, None] - order), order[:, None] + order
    logarithm = np.log(periodogram)
    cepstra = logarithm / 2 @ projection
    active = np.arange(len(cepstra))
    for _ in range(_STEPS):
        moments = np.exp(logarithm[active] - 2 * cepstra[active] @ synthesis) @ moments_of
        # The best c_0 has a closed form: taken first, it keeps the rest of the step well scaled.
        cepstra[active, 0] += np.log(moments[:, 0]) / 2
        moments /= moments[:, :1]
        hessian = moments[:, toeplitz] + moments[:, hankel]
        gradient = moments[:, : ORDER + 1] - flat
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        move = np.abs(step @ synthesis).max(axis=1, keepdims=True)
        cepstra[active] += step * (_STRIDE / np.maximum(move, _STRIDE))
        active = active[np.abs(step).max(axis=1) > _TOLERANCE]
        if not active.size:
            return cepstra
    raise MetricError(f"the mel-cepstra of {active.size} frames did not converge")


def _cepstra(signal: Signal) -> spectra.Spectra:
    periodogram = spectra.density(signal, spectra.blackman(SIZE), HOP) + FLOOR
    blocks = range(0, len(periodogram), _BLOCK)
    return np.concatenate([mel_cepstrum(periodogram[start : start + _BLOCK]) for start in blocks])


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `mcd`, in dB."""
    difference = (_cepstra(reference) - _cepstra(degraded))[:, 1:]
    distance = np.sqrt(2 * np.sum(difference**2, axis=1))
    return {"mcd": float(10 / np.log(10) * np.mean(distance))}


METRIC = Metric(
    score,
    (
        Column(
            "mcd",
            "lower",
            short="MCD",
            long="mel-cepstral distortion",
            unit="dB",
            family="spectral",
            place=210,
            shown="tables",
            meaning=Meaning(
                span="0 dB (identical) upwards",
                mode="with reference",
                hears="the spectral envelope: formants, and missing bands.",
                misses=(
                    "level, pitch, and the fine structure: a buzzing voice may have a good one."
                ),
                traps=(
                    "Frames are compared in place, without time warping, and the "
                    "cepstrum is SPTK's: numbers from MFCCs or with warping are others."
                ),
            ),
        ),
    ),
    sample_rate=RATE,
    aligned=True,
    shortest=SIZE / RATE,
    misled={"quiet": "MCD falls", "DC offset": "MCD rises"},
)
