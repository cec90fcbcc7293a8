import pytest
import torch

from nscbench.codecs.networks.features import LogMel, MelConfig, istft, stft
from nscbench.codecs.networks.mel_projection import MelEnvelope, MelProjection, band_interpolation

CONFIG = MelConfig()


@pytest.fixture
def speech(speech_like) -> torch.Tensor:
    """One signal [1, T]."""
    signal = torch.from_numpy(speech_like(1.0, 16_000)).float()
    return signal[: len(signal) // CONFIG.hop * CONFIG.hop][None]


def test_projection_leaves_a_signal_that_has_the_log_mel(speech):
    projected = MelProjection(CONFIG, passes=3)(speech, LogMel(CONFIG)(speech))
    assert (projected - speech).abs().max() < 1e-4


def test_every_pass_brings_the_log_mel_nearer(speech):
    log_mel = LogMel(CONFIG)
    wanted = log_mel(speech)
    other = 0.1 * torch.randn(speech.shape, generator=torch.Generator().manual_seed(0))
    distances = [
        (log_mel(MelProjection(CONFIG, passes)(other, wanted)) - wanted).abs().mean()
        for passes in (0, 1, 2, 4)
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.2 * distances[0]


def test_projection_can_be_trained_through(speech):
    signal = speech.clone().requires_grad_()
    MelProjection(CONFIG, passes=1)(signal, LogMel(CONFIG)(speech) + 0.1).square().sum().backward()
    assert signal.grad is not None
    assert torch.isfinite(signal.grad).all()


def test_interpolation_keeps_constants_and_is_exact_at_centres():
    matrix = band_interpolation(CONFIG, CONFIG.n_fft)
    assert torch.allclose(matrix.sum(dim=1), torch.ones(len(matrix)))
    assert matrix.min() >= 0


def test_noise_under_the_envelope_has_the_log_mel(speech):
    mel = LogMel(CONFIG)(speech).mean(dim=2, keepdim=True).expand(1, CONFIG.bands, 500)
    n_fft, hop = 480, 160
    noise = torch.randn(1, 500 * CONFIG.hop, generator=torch.Generator().manual_seed(0))
    window = torch.hann_window(n_fft)
    shaped = stft(noise, n_fft, hop, window) * MelEnvelope(CONFIG, n_fft, 2)(mel)
    found = LogMel(CONFIG)(istft(shaped, n_fft, hop, window))
    # the mean of a logarithm of noise is below the logarithm of its mean; bands are smoothed
    assert (found.mean(dim=2) - mel[..., 0]).abs().median() < 0.35
