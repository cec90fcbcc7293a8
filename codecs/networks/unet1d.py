"""A one-dimensional U-Net over frames: channels are mixed freely, none is another's neighbour.

The denoiser of latents. Signal, anchor and features enter side by side.

J. Ho et al., "Denoising Diffusion Probabilistic Models", NeurIPS 2020, with convolutions over time
only, as in H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent
Diffusion", ICASSP 2024 (LaDiffCodec).
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from .denoiser import Denoiser, LinearAttention, TimeEmbedding, fill_frames

GROUPS = 8


class ResidualBlock(nn.Module):
    """Normalize, activate, convolve, twice; the time scales and shifts the second normalization.

    Shapes: [B, inputs, T] to [B, outputs, T].
    """

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.GroupNorm(GROUPS, inputs), nn.SiLU(), nn.Conv1d(inputs, outputs, 3, padding=1)
        )
        self.time = nn.Sequential(nn.SiLU(), nn.Linear(time, 2 * outputs))
        self.norm = nn.GroupNorm(GROUPS, outputs, affine=False)
        self.second = nn.Sequential(nn.SiLU(), nn.Conv1d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        scale, shift = self.time(time)[:, :, None].chunk(2, dim=1)
        y: Tensor = self.second(self.norm(self.first(x)) * (1 + scale) + shift)
        skip: Tensor = self.skip(x)
        return y + skip


class Stage(nn.Module):
    """Two residual blocks and attention over all frames."""

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.first = ResidualBlock(inputs, outputs, time)
        self.second = ResidualBlock(outputs, outputs, time)
        self.attention = LinearAttention(outputs)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        y: Tensor = self.attention(self.second(self.first(x, time), time))
        return y


class UNet1d(Denoiser):
    """Frames [B, channels, k] of any number of channels."""

    def __init__(
        self, channels: int, features: int, dim: int, multipliers: Sequence[int], anchored: bool
    ) -> None:
        super().__init__()
        self.multiple = 2 ** (len(multipliers) - 1)
        widths = [dim, *(dim * m for m in multipliers)]
        inputs = (2 if anchored else 1) * channels + features
        self.entry = nn.Conv1d(inputs, dim, 7, padding=3)
        self.time = TimeEmbedding(dim)
        self.down = nn.ModuleList(Stage(a, b, dim) for a, b in pairwise(widths))
        self.shrink = nn.ModuleList(nn.Conv1d(w, w, 4, 2, 1) for w in widths[1:-1])
        self.middle = Stage(widths[-1], widths[-1], dim)
        rising = list(pairwise(reversed(widths)))
        self.up = nn.ModuleList(Stage(2 * a, b, dim) for a, b in rising)
        self.grow = nn.ModuleList(nn.ConvTranspose1d(b, b, 4, 2, 1) for _, b in rising[:-1])
        self.exit = nn.Sequential(
            nn.GroupNorm(GROUPS, dim), nn.SiLU(), nn.Conv1d(dim, channels, 3, padding=1)
        )
        nn.init.zeros_(self.exit[-1].weight)  # type: ignore[arg-type]

    def prepare(self, features: Tensor) -> Tensor:
        """The features themselves, which enter beside the signal."""
        return features

    def forward(self, x: Tensor, t: Tensor, anchor: Tensor | None, prepared: Tensor) -> Tensor:
        inputs = [x, prepared] if anchor is None else [x, anchor, prepared]
        time = self.time(t)
        y, skips = self.entry(fill_frames(torch.cat(inputs, dim=1), self.multiple)), []
        for i, stage in enumerate(self.down):
            y = stage(y, time)
            skips.append(y)
            if i < len(self.shrink):
                y = self.shrink[i](y)
        y = self.middle(y, time)
        for i, stage in enumerate(self.up):
            y = stage(torch.cat([y, skips.pop()], dim=1), time)
            if i < len(self.grow):
                y = self.grow[i](y)
        prediction: Tensor = self.exit(y)
        return prediction[..., : x.shape[-1]]
