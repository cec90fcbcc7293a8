"""Denoisers: sizes against the published ones, shapes, and what may and may not reach what."""

import pytest
import torch
from torch import nn

from nscbench.codecs.networks import denoiser
from nscbench.codecs.networks.denoiser import FEW, LinearAttention, TimeEmbedding
from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder
from nscbench.codecs.networks.diffwave import DiffWave
from nscbench.codecs.networks.patch_wave import PatchWave
from nscbench.codecs.networks.unet2d import UNet2d
from nscbench.codecs.training.cells import DENOISERS
from support.tiny_diffusion import FRAMES, denoisers


def parameters(network: nn.Module) -> float:
    """In millions."""
    return sum(p.numel() for p in network.parameters()) / 1e6


def test_published_sizes() -> None:
    """The published code of DiffWave and Grad-TTS, instantiated and counted."""
    assert parameters(DiffWave(80, (16, 16), 64, 30, False)) == pytest.approx(2.62, abs=0.005)
    assert parameters(DiffWave(128, (16, 16), 64, 30, False)) == pytest.approx(2.80, abs=0.005)
    assert parameters(UNet2d(80, 64, (1, 2, 4))) == pytest.approx(7.63, abs=0.006)
    assert parameters(UNet2d(80, 128, (1, 2, 4))) == pytest.approx(29.6, abs=0.05)


@pytest.mark.parametrize("output", ["wav", "mel", "lat"])
def test_small_decoders_are_about_equally_large(output) -> None:
    channels = {"wav": 1, "mel": 80, "lat": 64}[output]
    config = DiffusionConfig("lat", output, 64, channels, **DENOISERS["small"][output])
    assert 2.2 < parameters(DiffusionDecoder(config)) < 3.0


@pytest.mark.parametrize(
    ("name", "anchored"),
    [(n, a) for n in ("diffwave", "patch-wave", "unet1d") for a in (False, True)]
    + [("unet2d", True)],
)
def test_prediction_depends_on_all_that_is_given(name: str, anchored: bool) -> None:
    network, shape = denoisers(anchored)[name]
    x, features = torch.randn(shape), torch.randn(2, 6, FRAMES)
    anchor = torch.randn(shape) if anchored else None
    t = torch.tensor([0.3, 0.6])
    base = network(x, t, anchor, network.prepare(features))
    assert base.shape == shape
    assert not torch.allclose(base, network(x, t + 0.2, anchor, network.prepare(features)))
    assert not torch.allclose(base, network(x + 1, t, anchor, network.prepare(features)))
    if anchor is not None:
        other = network(x, t, anchor + torch.randn(shape), network.prepare(features))
        assert not torch.allclose(base, other)
    if name != "unet2d":  # sees the condition through the anchor alone
        assert not torch.allclose(base, network(x, t, anchor, network.prepare(features + 1)))
    one = network(x[:1], t[:1], anchor[:1] if anchored else None, network.prepare(features[:1]))
    torch.testing.assert_close(one, base[:1], atol=1e-5, rtol=1e-4)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="no whole number of patches"):
        PatchWave(6, 320, 36, 8, 1, False)
    with pytest.raises(ValueError, match="do not divide by 4"):
        UNet2d(81, 8, (1, 2, 4))
    with pytest.raises(ValueError, match="conditioned by an anchor"):
        UNet2d(8, 8, (1,))(torch.zeros(1, 8, 4), torch.ones(1), None, torch.zeros(1))


def test_time_embedding_is_grad_tts_s() -> None:
    embedding = TimeEmbedding(64)
    assert embedding.frequencies[0] == 1000
    assert float(embedding.frequencies[-1]) == pytest.approx(0.1)


def test_attention_starts_as_identity_and_averages_values() -> None:
    attention = LinearAttention(8, heads=2, dim=4)
    x = torch.randn(1, 8, 10)
    assert torch.equal(attention(x), x)
    nn.init.ones_(attention.scale)
    constant = torch.ones(1, 8, 10)
    out = attention(constant)
    # equal keys share the weight: every position gets the same
    torch.testing.assert_close(out, out[..., :1].expand_as(out))


@pytest.mark.parametrize("positions", [1, 2 * FEW, 8 * FEW, 8 * FEW + 1, 500])
def test_attention_is_the_same_multiplied_out(positions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and gradients of both ways, on either side of where one takes over."""
    torch.manual_seed(0)
    attention = LinearAttention(8, heads=2, dim=4)
    nn.init.ones_(attention.scale)
    x, weights = torch.randn(2, 3, 8, positions)
    found = []
    for few in (0, 10**9, FEW):
        monkeypatch.setattr(denoiser, "FEW", few)
        y = attention(x)
        gradients = torch.autograd.grad((y * weights).sum(), list(attention.parameters()))
        found.append((y, *gradients))
    for ours, plain, chosen in zip(*found, strict=True):
        torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-4)
        assert torch.equal(chosen, ours if positions > 8 * FEW else plain)
