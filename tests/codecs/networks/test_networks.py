"""Shapes of the networks, and their sizes against the published ones."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nscbench.codecs.networks import hifigan as hifigan_module
from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.convnext import Fine, SpectralDecoder, gather, spread
from nscbench.codecs.networks.discriminators import CriticConfig, Critics, StftDiscriminator
from nscbench.codecs.networks.features import MelConfig
from nscbench.codecs.networks.hifigan import HifiGan
from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig
from nscbench.codecs.networks.seanet import SeanetDecoder, SeanetEncoder
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig
from nscbench.codecs.networks.weight_norm import fold, folded_state
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.presets import SMALL_RECIPE, STFT_SMALL

PUBLISHED_RATES, ENCODEC_RATIOS = (8, 8, 2, 2), (8, 5, 4, 2)


def parameters(network: nn.Module) -> float:
    """In millions, weight normalization folded."""
    return sum(p.numel() for p in fold(network).parameters()) / 1e6


def test_published_sizes() -> None:
    """HiFi-GAN: table 1 of the paper. The others: the published code, instantiated and counted."""
    assert parameters(HifiGan(80, PUBLISHED_RATES, 512)) == pytest.approx(13.92, abs=0.01)
    assert parameters(HifiGan(80, PUBLISHED_RATES, 128)) == pytest.approx(0.92, abs=0.01)
    assert parameters(SeanetEncoder(32, ENCODEC_RATIOS, 128, 2)) == pytest.approx(7.43, abs=0.01)
    assert parameters(SeanetDecoder(32, ENCODEC_RATIOS, 128, 2)) == pytest.approx(7.43, abs=0.01)
    assert parameters(StftDiscriminator(1024, 32, (1, 2, 2, 2))) == pytest.approx(0.094337)


def test_published_discriminator_sizes() -> None:
    periods = Critics(CriticConfig(periods=(2, 3, 5, 7, 11)))
    assert parameters(periods) == pytest.approx(41.1, abs=0.05)
    # the spectrally normalized member keeps its normalization: count it as it is
    scales = Critics(CriticConfig(scales=3))
    assert sum(p.numel() for p in scales.parameters()) / 1e6 == pytest.approx(29.6, abs=0.05)


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


def test_mel_codec_shapes() -> None:
    codec = MelCodec(MelCodecConfig(dim=16, encoder_depth=1, decoder_depth=1)).eval()
    mel = codec.log_mel(torch.zeros(1, 7 * 320))
    indices = codec.encode(mel, 3)
    assert indices.shape == (1, 3, 7)
    assert codec.decode(indices).shape == mel.shape == (1, 80, 7)


@pytest.mark.parametrize(
    ("config", "hop"),
    [
        (VocoderConfig(channels=16), 320),
        (VocoderConfig(design="spectral", dim=16, depth=1), 320),
        (VocoderConfig(design="spectral", dim=16, depth=1, n_fft=320, fine=FINE), 320),
        (VocoderConfig(MelConfig(22_050, 1024, 256), rates=PUBLISHED_RATES, channels=16), 256),
    ],
)
def test_vocoder_gives_hop_samples_per_frame(config: VocoderConfig, hop: int) -> None:
    assert Vocoder(config)(torch.zeros(2, 80, 6), torch.randn).shape == (2, 6 * hop)


def test_moments_of_a_frame_keep_their_order() -> None:
    frames = torch.arange(24.0).view(1, 6, 4)  # two channels at three moments of four frames
    moments = spread(frames, 3)
    assert moments.shape == (1, 2, 12)
    assert moments[0, 0].tolist() == [0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19]
    assert torch.equal(gather(moments, 3), frames)


def test_fine_blocks_reach_a_few_moments() -> None:
    torch.manual_seed(0)
    decoder = SpectralDecoder(320, 320, 16, 1, 4, FINE).eval()
    quiet = torch.zeros(1, 4, 20)
    loud = quiet.clone()
    loud[..., 10] = 1.0
    changed = (decoder(quiet) - decoder(loud)).abs()[0] > 1e-6
    moved = changed.nonzero()[:, 0]
    # frames 4 to 16 by two kernels of seven; then four moments of 80 samples and half a window
    reach = 4 * 80 + 120
    assert 4 * 320 - reach <= moved.min() < 4 * 320
    assert 17 * 320 <= moved.max() < 17 * 320 + reach


@pytest.fixture
def hifigan() -> HifiGan:
    torch.manual_seed(0)
    network = HifiGan(80, (8, 5, 4, 2), 32)
    fold(network)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    return network


def one_by_one(network: HifiGan, mel: torch.Tensor) -> torch.Tensor:
    """The paper's equations on the layers as PyTorch runs them."""
    x = network.entry(mel)
    for upsample, blocks in zip(network.upsamples, network.blocks, strict=True):
        x = upsample(functional.leaky_relu(x, 0.1))
        outputs = []
        for block in blocks:
            y = x
            for dilated, plain in zip(block.dilated, block.plain, strict=True):
                z = dilated(functional.leaky_relu(y, 0.1))
                y = y + plain(functional.leaky_relu(z, 0.1))
            outputs.append(y)
        x = torch.stack(outputs).mean(dim=0)
    return torch.tanh(network.exit(functional.leaky_relu(x, 0.01))).squeeze(1)


def test_hifigan_trains_on_what_its_modules_make(hifigan: HifiGan) -> None:
    mel = torch.randn(2, 80, 7)
    expected = one_by_one(hifigan, mel)
    assert expected.abs().mean() > 0.05
    torch.testing.assert_close(hifigan(mel), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("frames", [1, 7])  # shorter than a halo, and many windows
@pytest.mark.parametrize("window", [1, 8192])
def test_hifigan_infers_window_by_window_what_its_modules_make(
    hifigan: HifiGan, monkeypatch: pytest.MonkeyPatch, frames: int, window: int
) -> None:
    monkeypatch.setattr(hifigan_module, "WINDOW", window)
    mel = torch.randn(2, 80, frames)
    expected = one_by_one(hifigan, mel)
    with torch.no_grad():
        made = hifigan(mel)
        alone = hifigan(mel[1:])
    torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)
    assert torch.equal(made[1:], alone)


def test_folding_keeps_the_function() -> None:
    network, plain = HifiGan(80, (5, 2), 16), fold(HifiGan(80, (5, 2), 16))
    mel = torch.randn(1, 80, 9, generator=torch.Generator().manual_seed(0))
    plain.load_state_dict(folded_state(network))
    torch.testing.assert_close(plain(mel), network(mel))
    assert network.state_dict().keys() != plain.state_dict().keys()


def test_decoder_magnitude_is_limited() -> None:
    decoder = SpectralDecoder(64, 16, 8, 1, 4)
    nn.init.constant_(decoder.body.exit.bias, 80.0)  # exp(80) would be 5e34
    assert decoder(torch.zeros(1, 4, 8)).abs().max() < 1e4


def test_critics_judge_every_family() -> None:
    config = CriticConfig(
        stft_sizes=(256,),
        stft_filters=2,
        periods=(2, 3),
        period_channels=(2, 4),
        scales=2,
        scale_channels=(16, 16, 16, 16, 16, 16, 16),
    )
    judgements = Critics(config)(torch.zeros(3, 3201))
    assert len(judgements) == 1 + 2 + 2
    assert all(logits.shape[0] == 3 for logits, _ in judgements)
    assert [len(activations) for _, activations in judgements] == [5, 2, 2, 7, 7]
