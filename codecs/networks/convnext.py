"""Spectral networks: ConvNeXt blocks at the frame rate, and an inverse-STFT head.

The encoder sees a power-compressed spectrum and its log-magnitude; the decoder predicts magnitude
and phase of every frame and leaves the samples to the inverse STFT, which is why it costs a fifth
of a decoder that upsamples in the time domain.

A codec's frame of 20 ms is long for a phase: within it, the phase of a voiced partial turns by many
periods. So the spectra may run at a multiple of the frame rate (`Fine`): the decoder's last blocks
and the encoder's first ones work there, on short windows.

H. Siuzdak, "Vocos: Closing the Gap between Time-Domain and Fourier-Based Neural Vocoders for
High-Quality Audio Synthesis", ICLR 2024. Z. Liu et al., "A ConvNet for the 2020s", CVPR 2022.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .features import istft, stft
from .precision import single_precision

# roughly the mean and the deviation of speech's log-magnitudes: with an offset that all bins share,
# loudness alone fills the latents and training stays there
LOG_MEAN = -3.0
LOG_DEVIATION = 2.5
COMPRESSION = 0.3  # exponent on the magnitude of the spectrum that the encoder sees
LOUDEST = 100.0  # limit on a predicted magnitude, as in Vocos
EXPANSION = 3


@dataclass(frozen=True)
class Fine:
    """Blocks next to the spectra: `rate` spectra a frame, `depth` blocks of width `dim`."""

    rate: int
    dim: int
    depth: int


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a two-layer perceptron per frame, added to the input.

    Shapes: [B, dim, T] to [B, dim, T].
    """

    def __init__(self, dim: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.expand = nn.Linear(dim, EXPANSION * dim)
        self.contract = nn.Linear(EXPANSION * dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), scale))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).transpose(1, 2))  # [B, T, dim]
        y = self.contract(nn.functional.gelu(self.expand(y)))
        scaled: Tensor = self.scale * y
        return x + scaled.transpose(1, 2)


class Stack(nn.Module):
    """A convolution to `dim` channels and `depth` blocks, normalized: [B, in, T] to [B, T, dim]."""

    def __init__(self, channels: int, dim: int, depth: int, kernel: int) -> None:
        super().__init__()
        self.entry = nn.Conv1d(channels, dim, kernel, padding=kernel // 2)
        self.entry_norm = nn.LayerNorm(dim)
        self.blocks = nn.Sequential(*(ConvNeXtBlock(dim, 1 / depth) for _ in range(depth)))
        self.exit_norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        y = self.entry_norm(self.entry(x).transpose(1, 2)).transpose(1, 2)
        normalized: Tensor = self.exit_norm(self.blocks(y).transpose(1, 2))
        return normalized


class ConvNeXt(Stack):
    """A stack and a projection: [B, in, T] to [B, out, T]."""

    def __init__(self, channels: int, dim: int, depth: int, outputs: int, kernel: int) -> None:
        super().__init__(channels, dim, depth, kernel)
        self.exit = nn.Linear(dim, outputs)

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        with single_precision(x.device):  # bfloat16 has no digits for a phase
            projected: Tensor = self.exit(y.float())
        return projected.transpose(1, 2)


class SpectralEncoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k]."""

    window: Tensor

    def __init__(
        self, n_fft: int, hop: int, dim: int, depth: int, latent: int, fine: Fine | None = None
    ) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop // (fine.rate if fine else 1)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        channels = 3 * (n_fft // 2 + 1)
        self.rate, self.fine = 1, None
        if fine:
            self.rate = fine.rate
            self.fine = ConvNeXt(channels, fine.dim, fine.depth, fine.dim, kernel=1)
            channels = fine.rate * fine.dim
        self.body = ConvNeXt(channels, dim, depth, latent, kernel=1)

    def forward(self, audio: Tensor) -> Tensor:
        spectrum = stft(audio.float(), self.n_fft, self.hop, self.window)
        magnitude = spectrum.abs().clamp_min(1e-5)
        compressed = spectrum * magnitude ** (COMPRESSION - 1)
        level = (magnitude.log() - LOG_MEAN) / LOG_DEVIATION
        features = torch.cat([level, compressed.real, compressed.imag], dim=1)
        if self.fine is not None:
            features = gather(self.fine(features), self.rate)
        latents: Tensor = self.body(features)
        return latents


class SpectralDecoder(nn.Module):
    """Features [B, channels, k] to signals [B, k * hop]."""

    window: Tensor

    def __init__(
        self, n_fft: int, hop: int, dim: int, depth: int, channels: int, fine: Fine | None = None
    ) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop // (fine.rate if fine else 1)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.rate, self.fine = 1, None
        outputs = n_fft + 2
        if fine:
            self.rate = fine.rate
            self.fine = ConvNeXt(fine.dim, fine.dim, fine.depth, outputs, kernel=3)
            outputs = fine.rate * fine.dim
        self.body = ConvNeXt(channels, dim, depth, outputs, kernel=7)

    def forward(self, features: Tensor) -> Tensor:
        y: Tensor = self.body(features)
        if self.fine is not None:
            y = self.fine(spread(y, self.rate))
        log_magnitude, phase = y.float().chunk(2, dim=1)
        magnitude = log_magnitude.exp().clamp_max(LOUDEST)
        return istft(torch.polar(magnitude, phase), self.n_fft, self.hop, self.window)


def spread(x: Tensor, rate: int) -> Tensor:
    """[B, rate * C, k] to [B, C, k * rate]: a frame's channels are those of `rate` moments."""
    batch, channels, frames = x.shape
    moments = x.reshape(batch, rate, channels // rate, frames)
    return moments.permute(0, 2, 3, 1).flatten(2)


def gather(x: Tensor, rate: int) -> Tensor:
    """[B, C, k * rate] to [B, rate * C, k], the inverse of `spread`."""
    batch, channels, moments = x.shape
    frames = x.reshape(batch, channels, moments // rate, rate)
    return frames.permute(0, 3, 1, 2).flatten(1, 2)
