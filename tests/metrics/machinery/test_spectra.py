"""Windows, spectra and mel filters against closed forms and librosa's values."""

import numpy as np
import pytest

from nscbench.metrics.machinery import spectra

# librosa 0.11.0, librosa.filters.mel(sr=16000, n_fft=1024, n_mels=80, fmin=0, fmax=8000,
# dtype=np.float64): weight of (band, bin).
LIBROSA_FILTERS = {
    (0, 2): 0.022534560750290804,
    (5, 14): 0.023474845890664817,
    (10, 27): 0.018024420338364065,
    (20, 49): 0.015028420936641468,
    (40, 119): 0.0,
    (60, 256): 0.0,
    (79, 500): 0.0021035579418237746,
}
LIBROSA_PEAKS = {0: 2, 20: 50, 40: 110, 60: 238, 79: 493}


def test_frames_are_whole_and_unpadded():
    signal = np.arange(10.0)
    np.testing.assert_array_equal(
        spectra.frames(signal, 4, 3), [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    )
    assert spectra.frames(signal[:-1], 4, 3).shape == (2, 4)
    with pytest.raises(ValueError, match="larger"):
        spectra.frames(signal, 11, 1)


def test_windows_have_the_sums_of_their_cosines():
    for window, terms in (
        (spectra.hann(400), (0.5, 0.5)),
        (spectra.blackman(400), (0.42, 0.5, 0.08)),
    ):
        assert window[0] == pytest.approx(0, abs=1e-15)
        assert window[200] == pytest.approx(1)
        assert window.sum() == pytest.approx(400 * terms[0])
        squares = terms[0] ** 2 + sum(term**2 for term in terms[1:]) / 2
        assert np.sum(window**2) == pytest.approx(400 * squares)


def test_power_of_a_sine_on_a_bin():
    """Amplitude A gives (A L / 4)^2 at its bin under a Hann window, a quarter of it beside."""
    size, amplitude = 512, 0.3
    sine = amplitude * np.sin(2 * np.pi * 40 / size * np.arange(4 * size))
    power = spectra.power_spectra(sine, spectra.hann(size), 128)
    expected = (amplitude * size / 4) ** 2
    np.testing.assert_allclose(power[:, 40], expected)
    np.testing.assert_allclose(power[:, [39, 41]], expected / 4)
    assert power[:, 50:].max() < 1e-20 * expected


def test_density_of_white_noise_is_its_variance():
    noise = 0.1 * np.random.default_rng(0).standard_normal(160_000)
    density = spectra.density(noise, spectra.hann(512), 128)
    assert density.mean() == pytest.approx(0.01, rel=0.02)
    assert density[:, 1:-1].mean(axis=0).std() < 0.1 * 0.01


def test_mel_scale_is_slaneys():
    """15 mel at 1 kHz, 3 mel per 200 Hz below it, 27 mel per factor of 6.4 above it."""
    hz = np.array([0.0, 200.0, 1000.0, 6400.0, 1000 * np.sqrt(6.4)])
    mel = np.array([0.0, 3.0, 15.0, 42.0, 28.5])
    np.testing.assert_allclose(spectra.hz_to_mel(hz), mel, atol=1e-12)
    np.testing.assert_allclose(spectra.mel_to_hz(mel), hz, atol=1e-9)


def test_mel_filters_have_unit_area():
    filters = spectra.mel_filters(16_000, 1 << 16, 80, 0.0, 8000.0)
    np.testing.assert_allclose(filters.sum(axis=1) * 16_000 / (1 << 16), 1, rtol=1e-4)


def test_mel_filters_are_librosas():
    filters = spectra.mel_filters(16_000, 1024, 80, 0.0, 8000.0)
    assert filters.shape == (80, 513)
    for (band, at), weight in LIBROSA_FILTERS.items():
        assert filters[band, at] == pytest.approx(weight, abs=1e-12)
    assert {band: int(filters[band].argmax()) for band in LIBROSA_PEAKS} == LIBROSA_PEAKS
