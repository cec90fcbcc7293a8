"""The mel codec: shapes, and the linear paths that it begins with."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import pytest
import torch
from torch import Tensor

from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig

SMALL = MelCodecConfig(dim=16, encoder_depth=1, decoder_depth=1)


@pytest.fixture
def mels() -> Iterator[Tensor]:
    """Log-mels [4, 80, 60] of ten dimensions."""
    generator = torch.Generator().manual_seed(1)
    made = torch.einsum(
        "bkt,ck->bct",
        torch.randn(4, 10, 60, generator=generator),
        torch.randn(80, 10, generator=generator),
    )
    return repeat(made - 5)


def test_mel_codec_shapes() -> None:
    codec = MelCodec(SMALL).eval()
    mel = codec.log_mel(torch.zeros(1, 7 * 320))
    indices = codec.encode(mel, 3)
    assert indices.shape == (1, 3, 7)
    assert codec.decode(indices).shape == mel.shape == (1, 80, 7)


@pytest.mark.parametrize("latent", [64, 128])  # 128 is more than there are bands, as when paper
def test_log_mels_of_few_dimensions_pass_at_the_beginning(
    mels: Iterator[Tensor], latent: int
) -> None:
    codec = MelCodec(replace(SMALL, latent=latent))
    codec.begin_linear(lambda: next(mels))
    for network in (codec.encoder, codec.decoder):
        torch.nn.init.zeros_(network.exit.weight)
    mel = next(mels)
    made = codec.eval().reconstruct(codec.latents(mel))
    torch.testing.assert_close(made, mel, rtol=0, atol=1e-3 * float(mel.std()))


def test_an_error_of_latents_is_one_of_log_mels(mels: Iterator[Tensor]) -> None:
    # orthonormal components of one size: what a quantizer loses is lost in the log-mel
    codec = MelCodec(SMALL).eval()
    codec.begin_linear(lambda: next(mels))
    torch.nn.init.zeros_(codec.decoder.exit.weight)
    latents = codec.latents(next(mels))
    noise = 0.1 * torch.randn(latents.shape, generator=torch.Generator().manual_seed(2))
    lost = codec.reconstruct(latents + noise) - codec.reconstruct(latents)
    ratio = lost.square().sum(dim=1) / noise.square().sum(dim=1)
    torch.testing.assert_close(ratio, ratio.mean().expand_as(ratio), rtol=1e-3, atol=0)
