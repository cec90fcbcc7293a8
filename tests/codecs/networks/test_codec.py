"""The codec's shapes, and its latents."""

from typing import Any

import pytest
import torch
from torch import Tensor

from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.convnext import Fine
from nscbench.codecs.networks.seanet import SeanetEncoder
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.presets import SMALL_RECIPE, STFT_SMALL

FINE = Fine(rate=4, dim=8, depth=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"design": "spectral"},
        {"design": "seanet"},
        {"design": "seanet", "normalized": True},
        {"n_fft": 320, "decoder_dim": 24, "fine_encoder": FINE, "fine_decoder": FINE},
    ],
)
def test_codec_shapes(changes: dict[str, Any]) -> None:
    config = CodecConfig(dim=16, filters=2, encoder_depth=1, decoder_depth=1, **changes)
    codec = NeuralCodec(config).eval()
    audio = torch.randn(2, 5 * 320, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        indices = codec.encode(audio, 6)
        latents = codec.latents(audio)
        assert codec.decode(indices, torch.randn).shape == audio.shape
        assert codec.synthesize(latents, torch.randn).shape == audio.shape
    assert indices.shape == (2, 6, 5)
    assert latents.shape == (2, 64, 5)
    assert latents.mean(dim=1).abs().max() < 1e-5
    assert latents.square().mean(dim=1).max() < 1 + 1e-5


def test_latents_of_seanet_tell_frames_apart_from_the_start() -> None:
    """Faint speech beside biases: without care, all frames have one latent and one entry."""
    generator = torch.Generator().manual_seed(0)
    encoder = SeanetEncoder(16, (8, 5, 4, 2), 64, 2, normalized=True).train()
    envelope = torch.rand(4, 64, generator=generator).repeat_interleave(320, dim=1)
    speech = 0.05 * envelope * torch.randn(4, 64 * 320, generator=generator)
    latents = torch.nn.functional.layer_norm(encoder(speech).transpose(1, 2), (64,))
    assert latents.std(dim=1).mean() > 0.5 * latents.std()


def test_kmeans_sees_the_latents_that_training_quantizes() -> None:
    """Before the first step, evaluation normalizes by statistics that nothing was counted in."""
    torch.manual_seed(0)
    config = CodecConfig(
        latent=4, entries=128, stage_counts=(1,), design="seanet", filters=2, normalized=True
    )
    component = GanCodec(config, STFT_SMALL, SMALL_RECIPE).eval()
    generator = torch.Generator().manual_seed(0)

    def crops() -> Tensor:
        return 0.05 * torch.randn(4, 64 * 320, generator=generator)

    with torch.no_grad():
        component.begin_quantizing(crops, generator)
        model = component.model.train()
        latents = model.latents(crops())
        left = latents - model.quantizer.decode(model.quantizer.encode(latents, 1))
    assert left.square().mean() < 0.3 * latents.square().mean()
