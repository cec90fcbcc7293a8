"""Discriminators: EnCodec's over spectra, HiFi-GAN's over periods and over scales.

Each one maps signals [B, T] to logits of any shape and the activations before them (for feature
matching). The published widths cost several times what the generators cost, so every width is a
setting; on a CPU, striding over frequency in the first layer saves most.

A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023 (multi-scale STFT).
J. Kong et al., "HiFi-GAN", NeurIPS 2020 (multi-period, multi-scale).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from .features import stft

Judgement = tuple[Tensor, list[Tensor]]  # logits, activations

SLOPE = 0.1
STFT_SLOPE = 0.2
COMPRESSION = 0.3  # exponent on the magnitude that a spectral discriminator sees
POWER_FLOOR = 1e-6


@dataclass(frozen=True)
class CriticConfig:
    """Which discriminators judge, and how wide they are; an empty tuple leaves a family out.

    Attributes:
        stft_sizes, stft_filters, stft_strides: one discriminator per size; frequency strides of its
            first four layers (published: 1, 2, 2, 2).
        periods, period_channels: one discriminator per period; channels of its five layers.
        scales, scale_channels: number of discriminators, each at half the rate of the one before;
            channels of its seven layers.
    """

    stft_sizes: tuple[int, ...] = ()
    stft_filters: int = 32
    stft_strides: tuple[int, ...] = (1, 2, 2, 2)
    periods: tuple[int, ...] = ()
    period_channels: tuple[int, ...] = (32, 128, 512, 1024, 1024)
    scales: int = 0
    scale_channels: tuple[int, ...] = (128, 128, 256, 512, 1024, 1024, 1024)


class Critics(nn.Module):
    """All discriminators of a configuration: signals [B, T] to one judgement each."""

    def __init__(self, config: CriticConfig) -> None:
        super().__init__()
        c = config
        self.members = nn.ModuleList(
            [
                *(StftDiscriminator(n, c.stft_filters, c.stft_strides) for n in c.stft_sizes),
                *(PeriodDiscriminator(p, c.period_channels) for p in c.periods),
                *(ScaleDiscriminator(s, c.scale_channels) for s in range(c.scales)),
            ]
        )

    def forward(self, audio: Tensor) -> list[Judgement]:
        return [member(audio) for member in self.members]


class StftDiscriminator(nn.Module):
    """Two-dimensional convolutions, dilated in time, over the complex spectrum at one size.

    The magnitude is compressed, unlike EnCodec's: the linear spectrum of speech is so small and so
    peaked that the discriminator took several times as many updates to leave chance level.
    """

    window: Tensor

    def __init__(self, n_fft: int, filters: int, strides: Sequence[int]) -> None:
        super().__init__()
        self.n_fft = n_fft
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        layers = []
        for i, stride in enumerate(strides):
            dilation = 2 ** max(i - 1, 0)
            layers.append(
                nn.Conv2d(
                    filters if i else 2,
                    filters,
                    (3, 9),
                    stride=(1, stride),
                    dilation=(dilation, 1),
                    padding=(dilation, 4),
                )
            )
        layers.append(nn.Conv2d(filters, filters, (3, 3), padding=1))
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)
        self.exit = weight_norm(nn.Conv2d(filters, 1, (3, 3), padding=1))

    def forward(self, audio: Tensor) -> Judgement:
        spectrum = stft(audio.float(), self.n_fft, self.n_fft // 4, self.window)
        spectrum = spectrum / self.window.square().sum().sqrt()  # unit gain for white noise
        power = spectrum.real.square() + spectrum.imag.square() + POWER_FLOOR
        spectrum = spectrum * power ** ((COMPRESSION - 1) / 2)
        y = torch.stack([spectrum.real, spectrum.imag], dim=1).transpose(2, 3)  # [B, 2, frames, F]
        activations = []
        for layer in self.layers:
            y = F.leaky_relu(layer(y), STFT_SLOPE)
            activations.append(y)
        return self.exit(y), activations


class PeriodDiscriminator(nn.Module):
    """Two-dimensional convolutions over a signal folded into rows of `period` samples."""

    def __init__(self, period: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.period = period
        layers, inputs = [], 1
        for i, outputs in enumerate(channels):
            stride = 3 if i < len(channels) - 1 else 1
            layers.append(nn.Conv2d(inputs, outputs, (5, 1), (stride, 1), padding=(2, 0)))
            inputs = outputs
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)
        self.exit = weight_norm(nn.Conv2d(inputs, 1, (3, 1), padding=(1, 0)))

    def forward(self, audio: Tensor) -> Judgement:
        missing = -audio.shape[-1] % self.period
        padded = F.pad(audio.unsqueeze(1), (0, missing), mode="reflect")
        y = padded.reshape(*padded.shape[:2], -1, self.period)  # [B, 1, T / period, period]
        activations = []
        for layer in self.layers:
            y = F.leaky_relu(layer(y), SLOPE)
            activations.append(y)
        return self.exit(y), activations


class ScaleDiscriminator(nn.Module):
    """Grouped convolutions over a signal averaged down `octave` times by two.

    The full-rate one is spectrally normalized, the others weight-normalized, as published.
    """

    # kernel, stride, groups of the seven published layers
    SHAPES = ((15, 1, 1), (41, 2, 4), (41, 2, 16), (41, 4, 16), (41, 4, 16), (41, 1, 16), (5, 1, 1))

    def __init__(self, octave: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.octave = octave
        normalize = weight_norm if octave else spectral_norm
        layers, inputs = [], 1
        for outputs, (kernel, stride, groups) in zip(channels, self.SHAPES, strict=True):
            layers.append(nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2, groups=groups))
            inputs = outputs
        self.layers = nn.ModuleList(normalize(layer) for layer in layers)
        self.exit = normalize(nn.Conv1d(inputs, 1, 3, padding=1))

    def forward(self, audio: Tensor) -> Judgement:
        y = audio.unsqueeze(1)
        for _ in range(self.octave):
            y = F.avg_pool1d(y, 4, 2, padding=2)
        activations = []
        for layer in self.layers:
            y = F.leaky_relu(layer(y), SLOPE)
            activations.append(y)
        return self.exit(y), activations
