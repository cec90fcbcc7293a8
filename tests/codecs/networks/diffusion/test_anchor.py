"""What the anchor leaves, and the noise and the level that follow it."""

import math
from dataclasses import replace

import pytest
import torch

from nscbench.codecs.networks.diffusion import DiffusionDecoder, Guide
from nscbench.codecs.training.diffusion import level_loss
from support.tiny_diffusion import DIFFUSION, LEVELLED


def test_noise_is_scaled_to_what_the_anchor_leaves() -> None:
    decoder = DiffusionDecoder(DIFFUSION).eval()
    generator = torch.Generator().manual_seed(0)
    output = torch.randn(4, 8, 500, generator=generator)
    condition = output + 0.1 * torch.randn(4, 8, 500, generator=generator)
    decoder.measure(condition, output)
    guide, target = decoder.guide(condition, torch.zeros), decoder.scaling.standardize(output)
    assert float(decoder.anchor.spread.mean()) == pytest.approx(0.1, rel=0.1)
    torch.testing.assert_close(
        decoder.anchor.residual(target, guide).std(dim=(0, 2)), torch.ones(8), atol=0.02, rtol=0
    )
    decoder.train()
    worse = replace(guide, anchor=decoder.scaling.standardize(output + 5 * (condition - output)))
    for _ in range(300):  # the spread follows the anchor
        decoder.anchor.residual(target, worse)
    assert float(decoder.anchor.spread.mean()) == pytest.approx(0.5, rel=0.1)


def test_noise_follows_the_level_of_every_frame() -> None:
    decoder = DiffusionDecoder(LEVELLED).eval()
    levels = torch.tensor([-4.0, -4.0, -4.0, 1.0, 1.0, 1.0])[None, None]
    white = torch.randn(1, 1, 6 * LEVELLED.hop, generator=torch.Generator().manual_seed(0))
    guide = Guide(None, torch.zeros(1, 8, 12), levels)
    made = decoder.anchor.around(white, guide)
    torch.testing.assert_close(decoder.anchor.residual(made, guide), white, atol=1e-5, rtol=1e-5)
    measured = decoder.anchor.levels(made)[0, 0]
    assert measured[:2].tolist() == pytest.approx([-4, -4], abs=0.3)
    assert measured[-2:].tolist() == pytest.approx([1, 1], abs=0.3)


def test_level_is_learned_from_what_the_anchor_leaves() -> None:
    decoder = DiffusionDecoder(LEVELLED)
    target = torch.full((1, 1, 6 * LEVELLED.hop), math.exp(-2.0))
    exact = Guide(None, torch.zeros(1), torch.full((1, 1, 6), -2.0))
    assert float(level_loss(decoder, exact, target)["level"]) == pytest.approx(0, abs=1e-9)
    half = Guide(target / 2, torch.zeros(1), torch.full((1, 1, 6), -2.0))
    expected = math.log(2) ** 2
    assert float(level_loss(decoder, half, target)["level"]) == pytest.approx(expected, rel=1e-4)
    assert level_loss(decoder, Guide(None, torch.zeros(1)), target) == {}


def test_a_direct_anchor_begins_as_the_nearest_linear_map() -> None:
    config = replace(DIFFUSION, output="mel", condition="lat", direct=True)
    decoder = DiffusionDecoder(config).eval()
    generator = torch.Generator().manual_seed(0)
    condition = torch.randn(4, 8, 400, generator=generator)
    mixing = torch.randn(8, 8, 3, generator=generator)
    linear = torch.nn.functional.conv1d(condition, mixing, padding=1)
    output = 3 + linear + 0.1 * torch.randn(4, 8, 400, generator=generator)
    decoder.measure(condition, output)
    guide, target = decoder.guide(condition, torch.zeros), decoder.scaling.standardize(output)
    assert guide.anchor is not None
    left = (target - guide.anchor).std(dim=(0, 2))
    noise = 0.1 / decoder.scaling.output_deviation[:, 0]
    torch.testing.assert_close(left, noise, rtol=0.1, atol=0)
    torch.testing.assert_close(decoder.anchor.spread[:, 0], noise, rtol=0.1, atol=0)


def test_a_direct_anchor_is_for_mels_and_latents_of_another_domain() -> None:
    for domains in ({"output": "wav", "condition": "lat"}, {"output": "mel", "condition": "mel"}):
        with pytest.raises(ValueError, match="direct is for mels and latents"):
            replace(DIFFUSION, channels=1, direct=True, **domains)
