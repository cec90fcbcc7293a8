"""Frame-rate networks: ConvNeXt blocks that never leave the frame rate, and an inverse-STFT head.

The encoder sees a power-compressed spectrum and its log-magnitude; the decoder predicts magnitude
and phase of every frame and leaves the samples to the inverse STFT, which is why it costs a fifth
of a decoder that upsamples in the time domain.

H. Siuzdak, "Vocos: Closing the Gap between Time-Domain and Fourier-Based Neural Vocoders for
High-Quality Audio Synthesis", ICLR 2024. Z. Liu et al., "A ConvNet for the 2020s", CVPR 2022.
"""

import torch
from torch import Tensor, nn

from ..features import istft, stft

# roughly the mean and the deviation of speech's log-magnitudes: with an offset that all bins share,
# loudness alone fills the latents and training stays there
LOG_MEAN = -3.0
LOG_DEVIATION = 2.5
COMPRESSION = 0.3  # exponent on the magnitude of the spectrum that the encoder sees
LOUDEST = 100.0  # limit on a predicted magnitude, as in Vocos
EXPANSION = 3


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


class ConvNeXt(nn.Module):
    """A convolution to `dim` channels, `depth` blocks, a projection: [B, in, T] to [B, out, T]."""

    def __init__(self, channels: int, dim: int, depth: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.entry = nn.Conv1d(channels, dim, kernel, padding=kernel // 2)
        self.entry_norm = nn.LayerNorm(dim)
        self.blocks = nn.Sequential(*(ConvNeXtBlock(dim, 1 / depth) for _ in range(depth)))
        self.exit_norm = nn.LayerNorm(dim)
        self.exit = nn.Linear(dim, outputs)

    def forward(self, x: Tensor) -> Tensor:
        y = self.entry_norm(self.entry(x).transpose(1, 2)).transpose(1, 2)
        y = self.exit_norm(self.blocks(y).transpose(1, 2))
        projected: Tensor = self.exit(y)
        return projected.transpose(1, 2)


class SpectralEncoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k]."""

    window: Tensor

    def __init__(self, n_fft: int, hop: int, dim: int, depth: int, latent: int) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.body = ConvNeXt(3 * (n_fft // 2 + 1), dim, depth, latent, kernel=1)

    def forward(self, audio: Tensor) -> Tensor:
        spectrum = stft(audio.float(), self.n_fft, self.hop, self.window)
        magnitude = spectrum.abs().clamp_min(1e-5)
        compressed = spectrum * magnitude ** (COMPRESSION - 1)
        level = (magnitude.log() - LOG_MEAN) / LOG_DEVIATION
        features = [level, compressed.real, compressed.imag]
        latents: Tensor = self.body(torch.cat(features, dim=1))
        return latents


class SpectralDecoder(nn.Module):
    """Features [B, channels, k] to signals [B, k * hop]."""

    window: Tensor

    def __init__(self, n_fft: int, hop: int, dim: int, depth: int, channels: int) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.body = ConvNeXt(channels, dim, depth, n_fft + 2, kernel=7)

    def forward(self, features: Tensor) -> Tensor:
        log_magnitude, phase = self.body(features).float().chunk(2, dim=1)
        magnitude = log_magnitude.exp().clamp_max(LOUDEST)
        return istft(torch.polar(magnitude, phase), self.n_fft, self.hop, self.window)
