import math

import pytest
import torch

from nscbench.codecs.networks.excitation import cycles, frequencies, pulses_at
from nscbench.codecs.training.pulse_alignment import align_pulses

RATE, HOP, PLACES = 16_000, 160, 100


def glide() -> torch.Tensor:
    """Log F0 [2, m] of a rising and a falling voice."""
    up = torch.linspace(math.log2(110), math.log2(160), PLACES)
    return torch.stack([up, up.flip(0) + 0.5])


def distance(found: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """How far, in periods, pulses are from where they should be."""
    return ((found - expected + 0.5) % 1 - 0.5).abs()


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("start", [0.0, 0.37])
def test_pulses_are_found_where_they_are(sign: float, start: float):
    f0 = frequencies(glide(), HOP)
    expected = cycles(f0, RATE) + start
    noise = 0.5 * torch.randn(f0.shape, generator=torch.Generator().manual_seed(0))
    speech = sign * pulses_at(expected, f0, RATE) + noise
    passed, signs = align_pulses(speech, glide(), torch.ones(2, PLACES), RATE, HOP)
    assert signs.tolist() == [sign, sign]
    assert distance(passed, expected)[:, 800:-800].max() < 0.03


def test_a_pitch_that_is_measured_a_little_wrong_is_followed():
    f0 = frequencies(glide(), HOP)
    expected = cycles(f0, RATE)
    wrong = glide() + math.log2(1.01)
    passed, _ = align_pulses(pulses_at(expected, f0, RATE), wrong, torch.ones(2, PLACES), RATE, HOP)
    assert distance(passed, expected)[:, 800:-800].max() < 0.06


def test_unvoiced_places_say_nothing():
    f0 = frequencies(glide(), HOP)
    expected = cycles(f0, RATE) + 0.2
    speech = pulses_at(expected, f0, RATE)
    speech[:, : 40 * HOP] = 5 * torch.randn(2, 40 * HOP)
    voiced = torch.ones(2, PLACES)
    voiced[:, :40] = 0
    passed, _ = align_pulses(speech, glide(), voiced, RATE, HOP)
    assert distance(passed, expected)[:, 45 * HOP : -800].max() < 0.03
