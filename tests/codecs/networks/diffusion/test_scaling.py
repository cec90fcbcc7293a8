"""Scales of diffusion: standardization, emphasis, and the level that a chain leaves."""

import pytest
import torch

from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder
from support.tiny_diffusion import DIFFUSION, LEVELLED


def test_decoder_standardizes_and_restores() -> None:
    decoder = DiffusionDecoder(DIFFUSION)
    data = 3 + 2 * torch.randn(4, 8, 50, generator=torch.Generator().manual_seed(0))
    decoder.measure(data, data)
    standard = decoder.scaling.standardize(data)
    assert standard.mean(dim=(0, 2)).abs().max() < 1e-5
    torch.testing.assert_close(standard.std(dim=(0, 2)), torch.ones(8))
    # untrained, the anchor of a condition of the output's own domain is the condition itself
    guide = decoder.guide(data, torch.zeros)
    torch.testing.assert_close(guide.anchor, standard)


def test_emphasis_is_undone() -> None:
    decoder = DiffusionDecoder(LEVELLED)
    wave = torch.randn(2, 1, 4000, generator=torch.Generator().manual_seed(0)).cumsum(dim=2)
    decoder.measure(torch.randn(2, 4, 100), wave)
    standardized = decoder.scaling.standardize(wave)
    assert float(standardized.std()) == pytest.approx(1, abs=1e-4)
    difference = wave[..., 1:] - 0.95 * wave[..., :-1]
    expected = (difference - decoder.scaling.output_mean) / decoder.scaling.output_deviation
    torch.testing.assert_close(standardized[..., 1:], expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(decoder.scaling.restore(standardized), wave, atol=1e-3, rtol=1e-5)


def test_waveform_of_a_chain_that_leaves_signal_keeps_its_level() -> None:
    for process, level in (("diffwave", 0.1), ("flow", 1.0)):
        config = DiffusionConfig("lat", "wav", 4, 1, process, "diffwave", 4, depth=1, features=4)
        decoder = DiffusionDecoder(config)
        wave = 0.1 * torch.randn(2, 1, 3200, generator=torch.Generator().manual_seed(0))
        decoder.measure(torch.randn(2, 4, 10), wave)
        assert float(decoder.scaling.standardize(wave).std()) == pytest.approx(level, rel=0.05)
