"""HiFi-GAN's generator: transposed convolutions, each followed by residual blocks of several
receptive fields whose outputs are averaged.

The published versions differ in width alone: V1 starts at 512 channels, V2 at 128. Their upsampling
rates 8, 8, 2, 2 (hop 256) become 8, 5, 4, 2 for a hop of 320.

The modules are one-dimensional, but run as two-dimensional convolutions of height one with the
channels innermost in memory: the same numbers, on a CPU a fifth faster. Inference on a CPU runs
their weights block by block in time instead (`blockwise`): a block of a stage takes its three
residual blocks' reach from its neighbours, so that it passes through all of them in the cache.

J. Kong et al., "HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity Speech
Synthesis", NeurIPS 2020.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from . import blockwise
from .blockwise import Taps

SLOPE = 0.1
RESIDUAL_KERNELS = (3, 7, 11)
DILATIONS = (1, 3, 5)


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

    def pairs(self) -> list[tuple[Taps, Taps]]:
        """The taps of each dilated convolution and of the plain one behind it."""
        layers = zip(self.dilated, self.plain, strict=True)
        return [(Taps.of(dilated), Taps.of(plain)) for dilated, plain in layers]


def average(x: Tensor, blocks: Sequence[ResidualBlock]) -> Tensor:
    """Mean of what the residual blocks make of x [C, T], a block of time at a time."""
    chains = [block.pairs() for block in blocks]
    reaches = [sum(taps.reach for pair in chain for taps in pair) for chain in chains]
    (channels, samples), halo = x.shape, max(reaches)
    length = min(max(blockwise.BLOCK // channels, 2 * halo), samples)
    buffers = x.new_empty(3, channels, length + 2 * halo)
    mean = torch.zeros_like(x)
    for start in range(0, samples, length):
        width = min(length, samples - start) + 2 * halo
        # columns of the buffers within the signal; beyond its ends every convolution sees zeros
        low, high = max(halo - start, 0), min(samples - start + halo, width)
        buffers[..., :low].zero_()
        buffers[..., high:].zero_()
        for chain, reach in zip(chains, reaches, strict=True):
            window = buffers[..., :width]
            window[0, :, low:high] = x[:, start - halo + low : start - halo + high]
            _run(chain, window, (low, high), halo - reach)
            mean[:, start : start + length].add_(window[0, :, halo : width - halo])
    return mean.div_(len(blocks))


def _run(
    chain: Sequence[tuple[Taps, Taps]], window: Tensor, inside: tuple[int, int], margin: int
) -> None:
    """Run a residual block on window[0], the first of three buffers [3, C, width], in place.

    Only columns `inside` the signal change; after each convolution those within its reach of the
    window's ends are no longer right, so the `margin` without them grows.
    """
    state, active, inner = window
    width = state.shape[1]
    for dilated, plain in chain:
        begin, end = max(inside[0], margin), min(inside[1], width - margin)
        torch.ops.aten.leaky_relu.out(state[:, begin:end], SLOPE, out=active[:, begin:end])
        margin += dilated.reach
        begin, end = max(inside[0], margin), min(inside[1], width - margin)
        y = inner[:, begin:end]
        y.copy_(dilated.bias.expand_as(y))
        dilated.add_to(y, active, begin)
        F.leaky_relu_(y, SLOPE)
        margin += plain.reach
        begin, end = max(inside[0], margin), min(inside[1], width - margin)
        y = state[:, begin:end]
        y.add_(plain.bias)
        plain.add_to(y, inner, begin)


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
            return torch.stack([self._infer(item) for item in mel])
        x = mel.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        x = convolve(self.entry, x)
        for upsample, blocks in zip(self.upsamples, self.blocks, strict=True):
            x = convolve(upsample, F.leaky_relu(x, SLOPE))
            assert isinstance(blocks, nn.ModuleList)
            x = sum((block(x) for block in blocks), start=torch.zeros(())) / len(blocks)
        return torch.tanh(convolve(self.exit, F.leaky_relu(x)))[:, 0, 0]

    def _infer(self, mel: Tensor) -> Tensor:
        """One item: [bands, k] to [k * hop]."""
        x = self.entry(mel)
        for upsample, blocks in zip(self.upsamples, self.blocks, strict=True):
            x = upsample(F.leaky_relu_(x, SLOPE))
            x = average(x, list(cast("Iterable[ResidualBlock]", blocks)))
        signal: Tensor = torch.tanh(self.exit(F.leaky_relu_(x)))[0]
        return signal
