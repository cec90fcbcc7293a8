import math

import pytest
import torch

from nscbench.codecs.networks.draws import steady
from nscbench.codecs.networks.excitation import cycles, frequencies
from nscbench.codecs.networks.features import LogMel, MelConfig
from nscbench.codecs.networks.pitch import PER_FRAME
from nscbench.codecs.networks.voice import Told, Voice, minimum_phase

CONFIG = MelConfig()
CPU = torch.device("cpu")
FRAMES = 50


@pytest.fixture
def voice() -> Voice:
    torch.manual_seed(0)
    return Voice(16, CONFIG)


@pytest.fixture
def speech(speech_like) -> torch.Tensor:
    """One signal [1, T]."""
    return torch.from_numpy(speech_like(1.0, 16_000))[None]


def told(voice: Voice, hz: float, voicing: float) -> Told:
    """A steady voice."""
    log_f0 = torch.full((1, FRAMES * PER_FRAME), math.log2(hz))
    pitch = voice.classes.targets(log_f0).clamp_min(1e-9).log()
    mel = torch.full((1, CONFIG.bands, FRAMES), -3.0)
    return Told(mel, pitch, torch.full(log_f0.shape, voicing))


def test_minimum_phase_keeps_the_magnitude_and_nothing_comes_before_the_start():
    magnitude = (torch.linspace(2, -2, 129)[:, None].expand(-1, 3) + torch.randn(129, 3) / 4).exp()
    response = minimum_phase(magnitude[None])
    torch.testing.assert_close(response.abs()[0], magnitude, rtol=1e-3, atol=1e-4)
    impulse = torch.fft.irfft(response[0], dim=0)
    energy = impulse.square().cumsum(dim=0) / impulse.square().sum(dim=0)
    linear = torch.fft.irfft(magnitude.to(torch.complex64), dim=0).roll(128, dims=0)
    other = linear.square().cumsum(dim=0) / linear.square().sum(dim=0)
    assert (energy >= other - 1e-4).all()  # no causal filter of this magnitude is earlier


def test_a_two_tap_filter_is_its_own_minimum_phase():
    taps = torch.zeros(1, 256, 1)
    taps[0, 0], taps[0, 1] = 1.0, -0.6
    response = torch.fft.rfft(taps, dim=1)
    torch.testing.assert_close(minimum_phase(response.abs()), response, atol=1e-3, rtol=0)


def test_speech_is_made_flat_and_gets_its_shape_back(voice, speech):
    mel = LogMel(CONFIG)(speech)
    flat = voice.flatten(speech)
    assert flat.std() == pytest.approx(1, abs=0.2)
    levels = LogMel(CONFIG)(flat).mean(dim=2)[0]
    assert levels.std() < 0.2 * mel.mean(dim=2)[0].std()
    again = voice.shape(flat, mel)
    loud = mel > mel.max() - 6
    assert (LogMel(CONFIG)(again) - mel)[loud].abs().mean() < 0.1
    correlation = (again * speech).sum() / (again.norm() * speech.norm())
    assert correlation > 0.9


def test_excitation_is_periodic_where_voiced_and_noise_elsewhere(voice):
    def periodicity(voicing: float) -> float:
        flat = voice.excitation(told(voice, 200, voicing), steady(CPU))[0]
        return float((flat[80:] * flat[:-80]).mean() / flat.square().mean())

    assert periodicity(20.0) > 0.8
    assert abs(periodicity(-20.0)) < 0.1


def test_excitation_follows_the_pulses_that_are_known(voice):
    own = told(voice, 110, 20.0)
    passed = cycles(frequencies(torch.full((1, 100), math.log2(160)), 160), 16_000) + 0.25
    flat = voice.excitation(own, steady(CPU), passed)[0]
    found = flat[200:-200].topk(80).indices + 200
    from_pulse = (passed[0, found] + 0.5) % 1 - 0.5
    assert from_pulse.abs().max() < 0.03


def test_heads_correct_a_guess(voice):
    features = torch.randn(1, 16, FRAMES)
    guess = torch.randn(1, CONFIG.bands, FRAMES)
    with torch.no_grad():
        for parameter in voice.to_mel.parameters():
            parameter.zero_()
    assert torch.equal(voice.tell(features, guess).mel, guess)
    assert voice.tell(features).mel.unique().tolist() == [-5.0]
