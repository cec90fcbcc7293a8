"""The encoder beside the source-filter decoder: what its linear path begins as."""

import pytest
import torch
from torch import Tensor

from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.source_filter import SourceFilterConfig

SIZES = SourceFilterConfig(dim=32, depth=1, fine_dim=32, fine_depth=1, pitch_dim=16, pitch_depth=1)


def voices(count: int) -> list[Tensor]:
    """Harmonics of many pitches under moving envelopes, and noise: [2, 32 * 320] each."""
    generator = torch.Generator().manual_seed(1)
    t = torch.arange(32 * 320) / 16_000
    made = []
    for _ in range(count):
        f0 = 80 + 200 * torch.rand(2, 1, generator=generator)
        numbers = torch.arange(1, 20)[:, None, None]
        weights = torch.rand(19, 2, 1, generator=generator) / numbers
        partials = weights * torch.sin(2 * torch.pi * numbers * f0 * t)
        swell = 0.5 + 0.5 * torch.sin(2 * torch.pi * 3 * t + f0)
        made.append(
            0.2 * partials.sum(dim=0) * swell + 0.01 * torch.randn(2, len(t), generator=generator)
        )
    return made


@pytest.fixture
def codec() -> NeuralCodec:
    """One whose linear paths have begun."""
    torch.manual_seed(0)
    network = NeuralCodec(CodecConfig(design="source-filter", source_filter=SIZES, dim=32))
    crops = iter(voices(32))
    network.decoder.begin_linear(*network.encoder.begin_linear(lambda: next(crops)))
    return network


@torch.no_grad()
def test_the_linear_way_there_and_back_keeps_the_log_mel(codec: NeuralCodec) -> None:
    torch.nn.init.zeros_(codec.encoder.exit.weight)
    torch.nn.init.zeros_(codec.decoder.to_mel.weight)
    speech = voices(1)[0]
    mel = codec.encoder.log_mel(speech)
    latents = codec.eval().latents(speech)
    told = codec.decoder(latents, torch.randn).mel
    assert (told - mel).abs().mean() < 0.3 * (mel - mel.mean(dim=2, keepdim=True)).abs().mean()


@torch.no_grad()
def test_the_linear_path_is_uncorrelated_and_keeps_proportions(codec: NeuralCodec) -> None:
    torch.nn.init.zeros_(codec.encoder.exit.weight)
    made = torch.cat([codec.eval().latents(crop) for crop in voices(16)])
    flat = made.transpose(1, 2).flatten(0, 1)
    of_mel = flat[:, :40] - flat[:, :40].mean(dim=0)
    covariance = of_mel.T @ of_mel / len(of_mel)
    variances = covariance.diagonal()
    assert variances.max() > 20 * variances.median()
    off = covariance - torch.diag(variances)
    assert off.abs().max() < 0.15 * variances.max()


def test_latents_of_a_training_batch_have_mean_square_one(codec: NeuralCodec) -> None:
    latents = codec.train().latents(voices(1)[0])
    assert latents.square().mean().item() == pytest.approx(1, rel=1e-4)
