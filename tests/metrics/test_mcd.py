"""Mel-cepstra against SPTK's, and distortions of known cepstra."""

import numpy as np
import pytest

from nscbench.metrics.machinery import spectra
from nscbench.metrics.mcd import FLOOR, METRIC, ORDER, SIZE, WARP, mel_cepstrum

# pysptk 1.0.1 (SPTK's mcep) of the windowed frame over the window's energy: order=24, alpha=0.42,
# miniter=5, maxiter=500, threshold=1e-12, etype=1, eps=1e-8. Coefficients 0, 1, 2, 3, 12, 24.
SPTK_PLACES = [0, 1, 2, 3, 12, 24]
SPTK_SWEEP = [
    -8.185609391593738,
    1.0914864057330207,
    -0.8034843609822727,
    -1.7859820620393625,
    0.5651390600711214,
    0.07541035701776379,
]
SPTK_CHIRP = [
    -2.6634281694973,
    -0.0225876401850245,
    -0.11630179375683551,
    -0.05926207314369349,
    -0.13007675327035617,
    -0.06904249448335147,
]


def _distortion(reference, degraded):
    return METRIC.score(reference, degraded)["mcd"]


def _warped():
    w = 2 * np.pi * np.arange(SIZE // 2 + 1) / SIZE
    return w + 2 * np.arctan2(WARP * np.sin(w), 1 - WARP * np.cos(w))


def _cepstrum_of(frame):
    return mel_cepstrum(spectra.density(frame, spectra.blackman(SIZE), SIZE) + FLOOR)[0]


@pytest.mark.parametrize("frame", ["sweep", "chirp"])
def test_mel_cepstra_are_sptks(frame):
    if frame == "sweep":
        time = np.arange(4000, 4000 + SIZE) / 16_000
        signal = 0.5 * np.sin(2 * np.pi * (100 * time + 1950 * time**2))
        expected = SPTK_SWEEP
    else:
        signal, expected = 0.1 * np.sin(np.arange(SIZE) ** 2 * 0.7), SPTK_CHIRP
    np.testing.assert_allclose(_cepstrum_of(signal)[SPTK_PLACES], expected, atol=1e-6)


def test_mel_cepstrum_of_a_model_spectrum_is_the_model():
    cepstrum = np.random.default_rng(0).normal(0, 0.3, ORDER + 1)
    logarithm = cepstrum @ np.cos(np.arange(ORDER + 1)[:, None] * _warped())
    found = mel_cepstrum(np.exp(2 * logarithm)[None])
    np.testing.assert_allclose(found[0], cepstrum, atol=1e-9)


def _zero_phase(c1):
    """A frame whose windowed spectrum is 0.1 exp(c1 cos b(w))."""
    windowed = np.roll(np.fft.irfft(0.1 * np.exp(c1 * np.cos(_warped()))), SIZE // 2)
    window = spectra.blackman(SIZE)
    return np.where(window > 1e-2, windowed / np.maximum(window, 1e-2), 0)


@pytest.mark.parametrize("c1", [-0.4, 0.1, 0.5])
def test_distortion_of_a_known_offset(c1):
    """One coefficient that differs by d costs (10 / ln 10) sqrt(2) |d| dB."""
    expected = 10 / np.log(10) * np.sqrt(2) * abs(c1)
    assert _distortion(_zero_phase(0.0), _zero_phase(c1)) == pytest.approx(expected, rel=1e-3)


def test_level_does_not_count():
    noise = 0.2 * np.random.default_rng(0).standard_normal(16_000)
    assert _distortion(noise, 0.5 * noise) == pytest.approx(0, abs=1e-4)
    assert _distortion(noise, -noise) == 0


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros(SIZE),
        np.ones(SIZE),
        (-1.0) ** np.arange(SIZE),
        np.sin(0.2 * np.arange(SIZE)),
        np.sign(np.sin(0.2 * np.arange(SIZE))),
        np.eye(1, SIZE, 3)[0],
        1e-6 * np.sin(0.2 * np.arange(SIZE)),
    ],
    ids=["silence", "constant", "nyquist", "sine", "square", "edge", "quiet"],
)
def test_the_analysis_converges(signal):
    """At the minimum, the warped autocorrelation of P / |H|^2 is that of a flat spectrum."""
    periodogram = spectra.density(signal, spectra.blackman(SIZE), SIZE) + FLOOR
    cosines = np.cos(np.arange(ORDER + 1)[:, None] * _warped())
    ratio = periodogram / np.exp(2 * mel_cepstrum(periodogram) @ cosines)
    weights = np.r_[1, np.full(SIZE // 2 - 1, 2), 1] / SIZE
    np.testing.assert_allclose((cosines * weights) @ (ratio[0] - 1), 0, atol=1e-5)
