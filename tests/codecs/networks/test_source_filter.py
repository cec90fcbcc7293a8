import math
from dataclasses import replace

import pytest
import torch

from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.draws import steady
from nscbench.codecs.networks.pitch import PER_FRAME
from nscbench.codecs.networks.source_filter import SourceFilterConfig
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig

SIZES = SourceFilterConfig(
    dim=32, depth=1, fine_dim=32, fine_depth=1, pitch_dim=16, pitch_depth=1, projections=1
)
CPU = torch.device("cpu")


@pytest.fixture
def vocoder() -> Vocoder:
    torch.manual_seed(0)
    return Vocoder(VocoderConfig(design="source-filter", source_filter=SIZES)).eval()


@pytest.fixture
def codec() -> NeuralCodec:
    torch.manual_seed(0)
    config = CodecConfig(
        design="source-filter", source_filter=SIZES, dim=32, encoder_depth=1, stage_counts=(2,)
    )
    return NeuralCodec(config).eval()


@pytest.fixture
def speech(speech_like) -> torch.Tensor:
    """Two signals [2, T]."""
    signal = torch.from_numpy(speech_like(1.0, 16_000)).float()
    return torch.stack([signal[:9600], signal[3200:12800]])


@torch.inference_mode()
def test_untrained_vocoder_is_near_the_log_mel_already(vocoder, speech):
    mel = vocoder.log_mel(speech)
    made = vocoder.log_mel(vocoder(mel, steady(CPU)))
    loud = mel > mel.amax() - 5
    assert (made - mel)[loud].abs().mean() < 0.5


@torch.inference_mode()
def test_silence_stays_silence(vocoder):
    silence = torch.zeros(1, 9600)
    made = vocoder(vocoder.log_mel(silence), steady(CPU))
    assert made.abs().max() < 1e-3


@torch.inference_mode()
def test_same_draws_give_the_same_signal(vocoder, codec, speech):
    mel = vocoder.log_mel(speech)
    assert torch.equal(vocoder(mel, steady(CPU)), vocoder(mel, steady(CPU)))
    latents = codec.latents(speech)
    first = codec.synthesize(latents, steady(CPU))
    assert torch.equal(first, codec.synthesize(latents, steady(CPU)))
    assert not torch.equal(first, codec.synthesize(latents, torch.randn))


@torch.inference_mode()
def test_items_do_not_hear_each_other(vocoder, codec, speech):
    drawn = {shape: torch.randn(shape) for shape in [(2,), (2, speech.shape[1])]}
    mel, latents = vocoder.log_mel(speech), codec.latents(speech)
    log_f0 = torch.full((2, latents.shape[2] * PER_FRAME), math.log2(150))
    given = log_f0, torch.ones(2, dtype=torch.bool)
    both = codec.decoder(latents, lambda shape: drawn[shape], given).audio
    mels = vocoder.log_mel(vocoder(mel, lambda shape: drawn[shape]))
    for i in range(2):

        def own(shape: tuple[int, ...], i: int = i) -> torch.Tensor:
            return drawn[(2, *shape[1:])][i : i + 1]

        alone = codec.decoder(latents[i : i + 1], own, (log_f0[:1], given[1][:1])).audio[0]
        assert torch.allclose(alone, both[i], atol=1e-5)
        # the last digit of a pitch turns the phase more and more: the spectra are compared
        alone = vocoder.log_mel(vocoder(mel[i : i + 1], own))[0]
        assert (alone - mels[i]).abs().mean() < 1e-3


@torch.inference_mode()
def test_a_given_pitch_is_heard(codec, speech):
    latents = codec.latents(speech[:1])
    frames = latents.shape[2]
    codec.decoder.to_mel.weight.zero_()  # a flat envelope
    codec.decoder.to_pitch.bias.fill_(20)  # voiced throughout
    log_f0 = torch.full((1, frames * PER_FRAME), math.log2(200))
    made = codec.decoder(latents, steady(CPU), (log_f0, torch.tensor([True]))).audio[0]
    power = torch.fft.rfft(made, 2 * len(made)).abs().square()
    correlation = torch.fft.irfft(power)[: len(made)]
    assert correlation[40:160].argmax() + 40 == 80  # samples, at 16 kHz


def test_gradients_reach_everything_that_learns_from_the_signal(vocoder, codec, speech):
    vocoder(vocoder.log_mel(speech), steady(CPU)).square().mean().backward()
    without = {n for n, p in vocoder.named_parameters() if p.grad is None}
    assert without == {n for n, _ in vocoder.named_parameters() if n.startswith("network.pitch.")}
    codec.synthesize(codec.latents(speech), steady(CPU)).square().mean().backward()
    without = {n for n, p in codec.named_parameters() if p.grad is None}
    assert without == {"decoder.to_pitch.weight", "decoder.to_pitch.bias"}


@torch.inference_mode()
def test_what_the_codec_makes_has_the_log_mel_that_it_tells(speech):
    torch.manual_seed(0)
    sizes = replace(SIZES, projections=4)
    codec = NeuralCodec(CodecConfig(design="source-filter", source_filter=sizes, dim=32)).eval()
    for head in (codec.decoder.to_mel, codec.decoder.direct_mel):
        head.weight.mul_(0.1)  # an envelope as smooth as those of speech
    made = codec.decoder(codec.latents(speech), steady(CPU))
    found = codec.decoder.projection.log_mel(made.audio)
    assert (found - made.mel).abs().mean() < 0.1


@pytest.mark.parametrize("rate", [1, 2, 4])
def test_other_rates_of_spectra(rate, speech):
    sizes = replace(SIZES, rate=rate, n_fft=960 // rate)
    network = Vocoder(VocoderConfig(design="source-filter", source_filter=sizes))
    assert network(network.log_mel(speech), torch.randn).shape == speech.shape
