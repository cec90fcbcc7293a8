"""The log-mel and the STFT against librosa 0.11.0, and the inverse against the signal.

The stored values come from librosa on the same chirp:
    y = np.pad(x, 352, mode="reflect")
    S = librosa.stft(y, n_fft=1024, hop_length=320, window="hann", center=False)
    M = librosa.filters.mel(sr=16000, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    np.log(np.maximum(M @ np.sqrt(np.abs(S) ** 2 + 1e-9), 1e-5))
"""

import numpy as np
import pytest
import torch

from nscbench.codecs.networks.features import LogMel, MelConfig, istft, mel_filters, stft


@pytest.fixture
def chirp() -> torch.Tensor:
    """One second from 200 to 3200 Hz under a Hann envelope (symmetric, as np.hanning)."""
    t = np.arange(16_000) / 16_000
    signal = 0.5 * np.sin(2 * np.pi * (200 * t + 1500 * t**2)) * np.hanning(16_000)
    return torch.from_numpy(signal).float()[None]


def test_log_mel_equals_librosa(chirp: torch.Tensor) -> None:
    """In double precision: in single, bands 100 dB below the chirp are rounding, another on each
    processor. What is louder, or compared as magnitudes, is the same in both.
    """
    exact = LogMel(MelConfig()).double()
    exact.window.copy_(torch.hann_window(1024, dtype=torch.float64))
    mel = exact(chirp.double())[0]
    assert mel.shape == (80, 50)
    librosa = {
        (0, 0): -11.40162,
        (10, 12): -10.65677,
        (40, 25): 1.3397,
        (60, 30): -11.51293,
        (79, 49): -11.51293,
        (25, 5): -10.6973,
    }
    for place, value in librosa.items():
        assert mel[place].item() == pytest.approx(value, abs=5e-5)
    assert mel.mean().item() == pytest.approx(-10.345966, abs=1e-5)
    single = LogMel(MelConfig())(chirp)[0].double()
    torch.testing.assert_close(single.exp(), mel.exp(), atol=2e-6, rtol=0)
    loud = mel > -5
    assert loud.any()
    torch.testing.assert_close(single[loud], mel[loud], atol=2e-5, rtol=0)


def test_stft_equals_librosa(chirp: torch.Tensor) -> None:
    value = stft(chirp, 1024, 320, torch.hann_window(1024))[0, 100, 20]
    assert value.item() == pytest.approx(0.113961 - 0.755673j, abs=1e-4)


def test_filters_equal_librosa() -> None:
    narrow = mel_filters(MelConfig())
    assert narrow.sum().item() == pytest.approx(5.1186576, rel=1e-5)
    assert narrow[0, 1].item() == pytest.approx(0.01126728, rel=1e-5)
    assert narrow[79, 500].item() == pytest.approx(0.00210356, rel=1e-4)
    wide = mel_filters(MelConfig(24_000, 1280, 320, 100, 0.0, 12_000.0))
    assert wide[50].argmax().item() == 112
    assert wide[50].max().item() == pytest.approx(0.0127343, rel=1e-5)


@pytest.mark.parametrize(("n_fft", "hop"), [(960, 320), (1024, 320), (256, 64)])
def test_istft_inverts(n_fft: int, hop: int) -> None:
    signal = torch.randn(2, 20 * hop, generator=torch.Generator().manual_seed(0))
    window = torch.hann_window(n_fft)
    back = istft(stft(signal, n_fft, hop, window), n_fft, hop, window)
    assert back.shape == signal.shape
    torch.testing.assert_close(back, signal, atol=1e-5, rtol=0)


def test_range_beyond_half_the_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="8000 Hz"):
        mel_filters(MelConfig(fmax=9000.0))
