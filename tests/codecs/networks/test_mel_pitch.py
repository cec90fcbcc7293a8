import math

import pytest
import torch

from nscbench.codecs.networks.excitation import pulse_train
from nscbench.codecs.networks.features import LogMel, MelConfig
from nscbench.codecs.networks.mel_pitch import mel_pitch

CONFIG = MelConfig()
FRAMES = 60


def voice(low: float, high: float) -> torch.Tensor:
    """Log-mel [1, bands, k] of pulses that glide over a falling spectrum."""
    log_f0 = torch.linspace(math.log2(low), math.log2(high), 2 * FRAMES)[None]
    pulses = 0.1 * pulse_train(log_f0, 16_000, 160, torch.zeros(1, dtype=torch.float64))
    falling = torch.linspace(0, -5, CONFIG.bands)[:, None]
    return LogMel(CONFIG)(pulses) + falling


@pytest.mark.parametrize(("low", "high"), [(90, 90), (110, 140), (220, 180), (350, 350)])
def test_pitch_of_a_gliding_voice(low: float, high: float):
    log_f0, voicing = mel_pitch(voice(low, high), CONFIG)
    expected = torch.linspace(math.log2(low), math.log2(high), FRAMES)
    assert log_f0.shape == voicing.shape == (1, FRAMES)
    assert (log_f0[0] - expected)[3:-3].abs().max() * 1200 < 60
    assert (voicing > 0.5).all()


def test_noise_is_not_voiced():
    noise = 0.1 * torch.randn(1, FRAMES * CONFIG.hop, generator=torch.Generator().manual_seed(0))
    _, voicing = mel_pitch(LogMel(CONFIG)(noise), CONFIG)
    assert (voicing < 0.5).float().mean() > 0.95


def test_silence_is_not_voiced():
    log_f0, voicing = mel_pitch(LogMel(CONFIG)(torch.zeros(1, FRAMES * CONFIG.hop)), CONFIG)
    assert (voicing < 0.5).all()
    assert log_f0.isfinite().all()


def test_level_does_not_matter():
    quiet, loud = (mel_pitch(voice(120, 150) + shift, CONFIG) for shift in (0.0, 2.0))
    assert torch.equal(quiet[0], loud[0])
