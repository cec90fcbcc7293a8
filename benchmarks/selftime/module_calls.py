"""Networks layer by layer, as PyTorch's modules run them: what the suite's own way is held against.

The networks have published sizes and random weights, which cost what trained ones do. Weight
normalization is folded; nothing else is changed.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...codecs.networks import diffwave, hifigan
from ...codecs.networks.diffwave import DiffWave
from ...codecs.networks.hifigan import HifiGan
from ...codecs.networks.unet2d import UNet2d
from ...codecs.networks.weight_norm import fold
from .module_unets import run_unet2d

BANDS, FEATURES, RATE, HOP = 80, 128, 16_000, 320
EVALUATIONS = 4  # of DiffWave; the suite's cells default to more
EXIT_SLOPE = 0.01  # of HiFi-GAN's last activation

Network = TypeVar("Network", bound=nn.Module)


@dataclass
class Case:
    """A network in two ways, on inputs of so many seconds of audio."""

    name: str
    seconds: float
    modules: Callable[[], Tensor]
    here: Callable[[], Tensor]


def cases(
    hifigan_seconds: float = 4.0, diffwave_seconds: float = 1.0, unet_seconds: float = 4.0
) -> Iterator[Case]:
    """HiFi-GAN V2 at a hop of 320, DiffWave at the published and at a small size, and one
    evaluation of the U-Net of the mel cells, small and as Grad-TTS published it."""
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    vocoder = _drawn(HifiGan(BANDS, (8, 5, 4, 2), 128), generator)
    mel = noise(1, BANDS, round(hifigan_seconds * RATE / HOP))
    yield Case(
        "HiFi-GAN V2",
        hifigan_seconds,
        partial(run_hifigan, vocoder, mel),
        partial(vocoder, mel),
    )
    frames = round(diffwave_seconds * RATE / HOP)
    x, features = noise(1, 1, frames * HOP), noise(1, FEATURES, frames)
    times = torch.linspace(1, 1 / EVALUATIONS, EVALUATIONS)[:, None]
    for channels, depth in ((64, 30), (32, 20)):
        network = _drawn(DiffWave(FEATURES, (16, 20), channels, depth, False), generator)
        yield Case(
            f"DiffWave {channels} x {depth}",
            diffwave_seconds,
            partial(run_diffwave, network, x, times, features),
            partial(_predict_diffwave, network, x, times, features),
        )
    mel, anchor = noise(2, 1, BANDS, round(unet_seconds * RATE / HOP))
    for dim in (32, 64):
        unet = _drawn(UNet2d(BANDS, dim, (1, 2, 4)), generator)
        yield Case(
            f"Grad-TTS {dim}",
            unet_seconds,
            partial(run_unet2d, unet, mel, times[0], anchor),
            partial(unet, mel, times[0], anchor, unet.prepare(features)),
        )


def run_hifigan(network: HifiGan, mel: Tensor) -> Tensor:
    """Signals [B, k * hop] of log-mels [B, bands, k], layer by layer."""
    x = network.entry(mel)
    for upsample, blocks in zip(network.upsamples, network.blocks, strict=True):
        x = upsample(F.leaky_relu(x, hifigan.SLOPE))
        total: Tensor | None = None
        assert isinstance(blocks, nn.ModuleList)
        for block in blocks:
            y = x
            for dilated, plain in zip(block.dilated, block.plain, strict=True):  # type: ignore[arg-type]
                inner = dilated(F.leaky_relu(y, hifigan.SLOPE))
                y = y + plain(F.leaky_relu(inner, hifigan.SLOPE))
            total = y if total is None else total + y
        assert total is not None
        x = total / len(blocks)
    return torch.tanh(network.exit(F.leaky_relu(x, EXIT_SLOPE)))[:, 0]


def run_diffwave(network: DiffWave, x: Tensor, times: Tensor, features: Tensor) -> Tensor:
    """Predictions [times, B, 1, T] for x at times [n, B], layer by layer."""
    upsampled = features.unsqueeze(1)
    for upsample in network.upsamples:
        upsampled = F.leaky_relu(upsample(upsampled), diffwave.SLOPE)
    upsampled = upsampled.squeeze(1)
    predictions = []
    for t in times:
        y, step = F.relu(network.entry(x)), network.step(t)
        total: Tensor | None = None
        for layer in network.layers:
            assert isinstance(layer, diffwave.ResidualLayer)
            y, skip = layer(y, step, layer.condition(upsampled))
            total = skip if total is None else total + skip
        assert total is not None
        total = total / math.sqrt(len(network.layers))
        predictions.append(network.exit(F.relu(network.skip(total))))
    return torch.stack(predictions)


def _predict_diffwave(network: DiffWave, x: Tensor, times: Tensor, features: Tensor) -> Tensor:
    """The same as `run_diffwave`, as the network itself does it."""
    prepared = network.prepare(features)
    return torch.stack([network(x, t, None, prepared) for t in times])


def _drawn(network: Network, generator: torch.Generator) -> Network:
    """Folded, with random weights that lead to outputs of the order of 1."""
    fold(network).eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        if name.endswith(".scale"):  # attention is silent until it is trained
            nn.init.ones_(parameter)
        elif name.endswith("weight") and parameter.dim() > 1 and "step" not in name:
            fan_in = parameter[0].numel()
            nn.init.normal_(parameter, std=math.sqrt(2 / fan_in), generator=generator)
    return network
