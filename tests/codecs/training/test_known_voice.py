"""Voiced decoders: what training knows, and what a step learns from it."""

import math

import pytest
import torch

from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder
from nscbench.codecs.networks.draws import steady
from nscbench.codecs.networks.excitation import cycles, frequencies, pulses_at
from nscbench.codecs.processes.samplers import SAMPLERS
from nscbench.codecs.training.known_voice import known_voice, voice_losses

SIZES = {
    "process": "flow",
    "denoiser": "patch-wave",
    "dim": 16,
    "depth": 2,
    "features": 16,
    "conditioner_dim": 16,
    "conditioner_depth": 1,
    "voiced": True,
}


def decoder(condition: str = "lat", channels: int = 4) -> DiffusionDecoder:
    torch.manual_seed(0)
    return DiffusionDecoder(DiffusionConfig(condition, "wav", channels, 1, **SIZES)).eval()


def voiced_signal(sign: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pulses [1, T] through a one-pole filter, their labels and the periods passed."""
    log_f0 = torch.linspace(math.log2(110), math.log2(150), 100)[None]
    f0 = frequencies(log_f0, 160)
    passed = cycles(f0, 16_000)
    taps = 0.9 ** torch.arange(200.0)
    pulses = torch.nn.functional.pad(pulses_at(passed, f0, 16_000), (199, 0))
    audio = torch.nn.functional.conv1d(pulses[None], taps.flip(0)[None, None])[0]
    return sign * 0.02 * audio, 2**log_f0, passed


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_pulses_and_polarity_of_filtered_speech_are_known(sign: float):
    audio, labels, passed = voiced_signal(sign)
    voice = decoder().voice
    assert voice is not None
    known = known_voice(voice, audio, labels)
    torch.testing.assert_close(known.audio, sign * audio)
    apart = ((known.passed - passed + 0.5) % 1 - 0.5).abs()[:, 1600:-1600]
    assert apart.max() < 0.08


def test_heads_lose_by_what_they_tell():
    audio, labels, _ = voiced_signal(1.0)
    model = decoder()
    assert model.voice is not None
    known = known_voice(model.voice, audio, labels)
    guide = model.guide(torch.randn(1, 4, 50), steady(torch.device("cpu")), known.passed)
    losses = voice_losses(model, guide, known.audio[:, None], known)
    assert losses.keys() == {"head", "pitch", "voicing"}
    sum(losses.values()).backward()
    assert model.voice.to_mel.weight.grad is not None
    assert model.voice.to_pitch.weight.grad is not None


@torch.inference_mode()
def test_what_is_sampled_has_the_log_mel_that_is_told():
    model = decoder()
    assert model.voice is not None
    model.voice.to_mel.weight.mul_(0.1)  # an envelope as smooth as those of speech
    condition = torch.randn(1, 4, 50, generator=torch.Generator().manual_seed(0))
    told = model.guide(condition, steady(torch.device("cpu"))).told
    made = model.sample(condition, SAMPLERS["euler"], 2, steady(torch.device("cpu")))
    found = model.voice.projection.log_mel(made[:, 0])
    assert told is not None
    assert (found - told.mel).abs().mean() < 0.25


@torch.inference_mode()
def test_temperature_leaves_the_excitation_as_it_is():
    model = decoder()
    condition = torch.randn(1, 4, 50, generator=torch.Generator().manual_seed(0))
    drawn = []

    def draw(shape: tuple[int, ...]) -> torch.Tensor:
        tensor = torch.randn(shape, generator=torch.Generator().manual_seed(len(drawn)))
        drawn.append(tensor)
        return tensor

    cold = model.sample(condition, SAMPLERS["euler"], 2, draw, temperature=0.0)
    drawn.clear()
    assert not torch.equal(cold, model.sample(condition, SAMPLERS["euler"], 2, draw))
    assert cold.std() > 0


def test_a_waveform_condition_is_the_hint_itself():
    audio, _, _ = voiced_signal(1.0)
    model = decoder("wav", 1)
    assert model.voice is not None
    guide = model.guide(audio[:, None], steady(torch.device("cpu")))
    expected = model.voice.flatten(audio)[:, None]
    torch.testing.assert_close(guide.hint, expected)
    assert guide.anchor is None


def test_a_voice_is_for_waveforms_and_takes_the_place_of_emphasis():
    with pytest.raises(ValueError, match="for waveforms"):
        DiffusionConfig("lat", "mel", 4, 80, **SIZES)
    with pytest.raises(ValueError, match="takes the place of emphasis"):
        DiffusionConfig("lat", "wav", 4, 1, **SIZES, emphasis=0.95)
