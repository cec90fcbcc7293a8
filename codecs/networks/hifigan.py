"""HiFi-GAN's generator: transposed convolutions, each followed by residual blocks of several
receptive fields whose outputs are averaged.

The published versions differ in width alone: V1 starts at 512 channels, V2 at 128. Their upsampling
rates 8, 8, 2, 2 (hop 256) become 8, 5, 4, 2 for a hop of 320.

J. Kong et al., "HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity Speech
Synthesis", NeurIPS 2020.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

SLOPE = 0.1
RESIDUAL_KERNELS = (3, 7, 11)
DILATIONS = (1, 3, 5)


def _small_init(conv: nn.Conv1d | nn.ConvTranspose1d) -> nn.Module:
    nn.init.normal_(conv.weight, 0.0, 0.01)
    normalized: nn.Module = weight_norm(conv)
    return normalized


class ResidualBlock(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair added to its input: [B, C, T]."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()

        def conv(dilation: int) -> nn.Module:
            padding = dilation * (kernel - 1) // 2
            return _small_init(nn.Conv1d(channels, channels, kernel, 1, padding, dilation))

        self.dilated = nn.ModuleList(conv(dilation) for dilation in DILATIONS)
        self.plain = nn.ModuleList(conv(1) for _ in DILATIONS)

    def forward(self, x: Tensor) -> Tensor:
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            x = x + plain(F.leaky_relu(dilated(F.leaky_relu(x, SLOPE)), SLOPE))
        return x


class HifiGan(nn.Module):
    """Log-mels [B, bands, k] to signals [B, k * hop]; hop is the product of the rates."""

    def __init__(self, bands: int, rates: Sequence[int], channels: int) -> None:
        super().__init__()
        self.entry = weight_norm(nn.Conv1d(bands, channels, 7, padding=3))
        self.upsamples, self.blocks = nn.ModuleList(), nn.ModuleList()
        for rate in rates:
            kernel = 2 * rate + rate % 2  # so that a stage gives exactly `rate` times its input
            up = nn.ConvTranspose1d(channels, channels // 2, kernel, rate, (kernel - rate) // 2)
            self.upsamples.append(_small_init(up))
            channels //= 2
            self.blocks.append(nn.ModuleList(ResidualBlock(channels, k) for k in RESIDUAL_KERNELS))
        self.exit = _small_init(nn.Conv1d(channels, 1, 7, padding=3))

    def forward(self, mel: Tensor) -> Tensor:
        x: Tensor = self.entry(mel)
        for upsample, blocks in zip(self.upsamples, self.blocks, strict=True):
            x = upsample(F.leaky_relu(x, SLOPE))
            assert isinstance(blocks, nn.ModuleList)
            outputs = [block(x) for block in blocks]
            x = torch.stack(outputs).mean(dim=0)
        return torch.tanh(self.exit(F.leaky_relu(x))).squeeze(1)
