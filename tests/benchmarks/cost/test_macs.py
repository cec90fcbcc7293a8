"""Multiply-accumulates and parameters, against counts by hand."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nscbench.benchmarks.cost import macs
from nscbench.codecs.controls.pcm import Pcm
from nscbench.codecs.networks.blockwise import Taps
from nscbench.codecs.networks.quantizer import ResidualQuantizer
from support.signals import white_noise


@dataclass(frozen=True)
class Convolving(Pcm):
    """Encodes by 100 multiplications a sample, decodes by none of torch's."""

    name: ClassVar[str] = "convolving"

    def encode(self, audio):
        with torch.inference_mode():
            for x in audio:
                F.conv1d(F.pad(x, (99, 0))[None, None], torch.ones(1, 1, 100))
        return super().encode(audio)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize(
    ("layer", "shape", "by_hand"),
    [
        (nn.Linear(8, 16), (10, 8), 10 * 8 * 16),
        (nn.Conv1d(2, 3, 5), (1, 2, 100), 96 * 3 * 2 * 5),
        (nn.Conv1d(4, 4, 3, groups=4, padding=1), (2, 4, 50), 2 * 50 * 4 * 3),
        (nn.ConvTranspose1d(3, 2, 4, stride=2), (1, 3, 10), 10 * 3 * 2 * 4),
        # gates of two layers: 4 * 16 * (8 + 16) and 4 * 16 * (16 + 16) a step
        (nn.LSTM(8, 16, 2, batch_first=True), (3, 10, 8), 3 * 10 * 64 * (24 + 32)),
        (nn.LSTM(8, 16, bidirectional=True), (10, 1, 8), 2 * 10 * 64 * 24),
        (nn.GRU(8, 16, batch_first=True), (1, 10, 8), 10 * 48 * 24),
    ],
    ids=["linear", "conv", "depthwise", "transposed", "lstm", "bidirectional", "gru"],
)
def test_layers_take_what_a_count_by_hand_says(mode, layer, shape, by_hand):
    with mode():
        assert macs.count(lambda: layer.eval()(torch.randn(shape)))[0] == by_hand


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_attention_and_fourier_transforms_are_counted(mode):
    x = torch.randn(2, 10, 16)
    attention = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    encoder = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()
    products = 2 * 2 * 10 * 10 * 16  # scores and values
    projections = 2 * 10 * 4 * 16 * 16
    with mode():
        assert macs.count(lambda: attention(x, x, x))[0] == products + projections
        forward = products + projections + 2 * 10 * 2 * 16 * 32
        assert macs.count(lambda: encoder(x))[0] == forward
        window = torch.hann_window(256)
        frames = (1024 - 256) // 64 + 1
        spectrum = torch.stft(x.new_ones(1024), 256, 64, 256, window, False, return_complex=True)
        stft = macs.count(
            lambda: torch.stft(x.new_ones(1024), 256, 64, 256, window, False, return_complex=True)
        )
        # 5/2 N log2 N operations, a real transform of 256, half of them multiply-accumulates
        assert stft[0] == frames * 5 * 256 * 8 // 4
        inverse = macs.count(lambda: torch.fft.irfft(spectrum, dim=0))
        assert inverse[0] == stft[0]
        assert macs.count(lambda: torch.fft.fft(torch.ones(256) + 0j))[0] == 5 * 256 * 8 // 2


def test_convolution_by_taps_is_counted_as_the_layer_is():
    layer = nn.Conv1d(4, 6, 3, dilation=2, padding=2)
    x, out = torch.randn(4, 54), torch.zeros(6, 50)
    with torch.no_grad():
        counted = macs.count(lambda: Taps.of(layer).add_to(out, x, 2))[0]
        assert counted == macs.count(lambda: layer(torch.randn(4, 50)))[0] == 50 * 4 * 6 * 3


def test_a_codec_is_counted_encoder_and_decoder_apart():
    assert macs.count_codec(Convolving(), white_noise(1.0)) == (1_600_000, 0)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_parameters_are_learned_numbers_that_are_read_and_counted_once(mode):
    layer, idle = nn.Linear(8, 8), nn.Linear(8, 8)
    quantizer = ResidualQuantizer(4, 3, 32)
    networks = [nn.ModuleList([layer, layer, idle]), layer, quantizer]
    with mode():
        used = macs.parameters(networks, lambda: layer(layer(torch.randn(2, 8))))
        assert used == 8 * 8 + 8
        coded = macs.parameters(networks, lambda: quantizer.encode(torch.randn(1, 4, 5), 3))
        assert coded == 4 * 3 * 32
        assert macs.parameters(networks, lambda: None) == 0
