"""HiFi-GAN's generator: transposed convolutions, each followed by residual blocks of several
receptive fields whose outputs are averaged.

The published versions differ in width alone: V1 starts at 512 channels, V2 at 128. Their upsampling
rates 8, 8, 2, 2 (hop 256) become 8, 5, 4, 2 for a hop of 320.

The modules are one-dimensional, but run as two-dimensional convolutions of height one with the
channels innermost in memory: the same numbers, on a CPU a fifth faster. Inference on a CPU cuts
the time of a stage into windows that pass through all three residual blocks in the cache; each
takes the blocks' reach from its neighbours.

J. Kong et al., "HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity Speech
Synthesis", NeurIPS 2020.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from . import blockwise

SLOPE = 0.1
RESIDUAL_KERNELS = (3, 7, 11)
DILATIONS = (1, 3, 5)
WINDOW = 2**18  # values that a window holds: shorter ones cost more calls than caches save

Merge = Callable[[Tensor, Sequence["ResidualBlock"]], Tensor]


def convolve(layer: nn.Module, x: Tensor) -> Tensor:
    """What a (transposed) Conv1d makes of x [B, C, 1, T] with the channels innermost."""
    assert isinstance(layer, nn.Conv1d | nn.ConvTranspose1d)
    weight, padding = layer.weight.unsqueeze(2), (0, int(layer.padding[0]))
    if isinstance(layer, nn.ConvTranspose1d):
        return F.conv_transpose2d(x, weight, layer.bias, (1, layer.stride[0]), padding)
    weight = weight.contiguous(memory_format=torch.channels_last)
    return F.conv2d(x, weight, layer.bias, 1, padding, (1, layer.dilation[0]))


def _small_init(conv: nn.Conv1d | nn.ConvTranspose1d) -> nn.Module:
    nn.init.normal_(conv.weight, 0.0, 0.01)
    normalized: nn.Module = weight_norm(conv)
    return normalized


class ResidualBlock(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair added to its input: [B, C, 1, T]."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()

        def conv(dilation: int) -> nn.Module:
            padding = dilation * (kernel - 1) // 2
            return _small_init(nn.Conv1d(channels, channels, kernel, 1, padding, dilation))

        self.dilated = nn.ModuleList(conv(dilation) for dilation in DILATIONS)
        self.plain = nn.ModuleList(conv(1) for _ in DILATIONS)

    def forward(self, x: Tensor) -> Tensor:
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            y = convolve(dilated, F.leaky_relu(x, SLOPE))
            x = x + convolve(plain, F.leaky_relu(y, SLOPE))
        return x

    def infer(self, x: Tensor, first: bool, last: bool) -> Tensor:
        """What it makes of a window of a signal [1, C, 1, n].

        Without the `reach` columns at either end, whose neighbours lie outside the window; at its
        own ends, in the `first` and the `last` window, the signal keeps them.
        """
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            y = convolve(dilated, F.leaky_relu(x, SLOPE))
            y = convolve(plain, F.leaky_relu_(y, SLOPE))
            unseen = _reach(dilated) + _reach(plain)
            seen = slice(0 if first else unseen, None if last else -unseen)
            x = y[..., seen].add_(x[..., seen])
        return x

    @property
    def reach(self) -> int:
        """Samples that an output sees on either side."""
        return sum(map(_reach, (*self.dilated, *self.plain)))


def _reach(layer: nn.Module) -> int:
    """Samples that an output of a Conv1d sees on either side."""
    assert isinstance(layer, nn.Conv1d)
    return int(layer.padding[0])


def average(x: Tensor, blocks: Sequence[ResidualBlock]) -> Tensor:
    """Mean of what the residual blocks make of x [1, C, 1, T], a window of time after another."""
    channels, samples = x.shape[1], x.shape[3]
    # so long that every window but the first has all that is before it
    length = max(WINDOW // channels, *(block.reach for block in blocks))
    windows = []
    for start in range(0, samples, length):
        width = min(length, samples - start)
        made = []
        for block in blocks:
            begin, end = start - min(start, block.reach), start + width + block.reach
            made.append(block.infer(x[..., begin:end], start == 0, end >= samples)[..., :width])
        windows.append(reduce(Tensor.add_, made).div_(len(blocks)))
    return torch.cat(windows, dim=3)


def _average_whole(x: Tensor, blocks: Sequence[ResidualBlock]) -> Tensor:
    return sum((block(x) for block in blocks), start=torch.zeros(())) / len(blocks)


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
        if blockwise.applies(mel):
            return torch.cat([self._generate(item[None], average) for item in mel])
        return self._generate(mel, _average_whole)

    def _generate(self, mel: Tensor, merge: Merge) -> Tensor:
        x = mel.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        x = convolve(self.entry, x)
        for upsample, blocks in zip(self.upsamples, self.blocks, strict=True):
            x = convolve(upsample, F.leaky_relu_(x, SLOPE))
            x = merge(x, list(cast("Iterable[ResidualBlock]", blocks)))
        return torch.tanh(convolve(self.exit, F.leaky_relu_(x)))[:, 0, 0]
