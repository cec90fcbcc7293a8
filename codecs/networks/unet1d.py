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

from .denoiser import Denoiser, LinearAttention, TimeEmbedding, fill_frames, filled_inside
from .padding import (
    GroupNorm,
    cleared,
    every,
    inside_of,
    normalize_activate_convolve,
)

GROUPS = 8


class ResidualBlock(nn.Module):
    """Normalize, activate, convolve, twice; the time scales and shifts the second normalization.

    Shapes: [B, inputs, T] to [B, outputs, T].
    """

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            GroupNorm(GROUPS, inputs), nn.SiLU(), nn.Conv1d(inputs, outputs, 3, padding=1)
        )
        self.time = nn.Sequential(nn.SiLU(), nn.Linear(time, 2 * outputs))
        self.norm = GroupNorm(GROUPS, outputs, affine=False)
        self.second = nn.Sequential(nn.SiLU(), nn.Conv1d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor, inside: Tensor | None) -> Tensor:
        scale, shift = self.time(time)[:, :, None].chunk(2, dim=1)
        y = normalize_activate_convolve(self.first, x, inside)
        activate, convolve = self.second
        y = activate(self.norm(y, inside) * (1 + scale) + shift)
        skip: Tensor = self.skip(x)
        branch: Tensor = convolve(cleared(y, inside))
        return branch + skip


class Stage(nn.Module):
    """Two residual blocks and attention over all frames."""

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.first = ResidualBlock(inputs, outputs, time)
        self.second = ResidualBlock(outputs, outputs, time)
        self.attention = LinearAttention(outputs)

    def forward(self, x: Tensor, time: Tensor, inside: Tensor | None) -> Tensor:
        y: Tensor = self.second(self.first(x, time, inside), time, inside)
        attended: Tensor = self.attention(y, inside)
        return attended


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
            GroupNorm(GROUPS, dim), nn.SiLU(), nn.Conv1d(dim, channels, 3, padding=1)
        )
        nn.init.zeros_(self.exit[-1].weight)  # type: ignore[arg-type]

    def prepare(self, features: Tensor) -> Tensor:
        """The features themselves, which enter beside the signal."""
        return features

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        inputs = [x, prepared] if anchor is None else [x, anchor, prepared]
        time = self.time(t)
        y, skips = self.entry(fill_frames(torch.cat(inputs, dim=1), self.multiple)), []
        filled = filled_inside(lengths, y.shape[-1], self.multiple)
        inside = [every(filled, 2**level) for level in range(len(self.down))]
        for i, stage in enumerate(self.down):
            y = stage(y, time, inside[i])
            skips.append(y)
            if i < len(self.shrink):
                y = self.shrink[i](cleared(y, inside[i]))
        y = self.middle(y, time, inside[-1])
        for i, stage in enumerate(self.up):
            level = len(skips) - 1
            y = stage(torch.cat([y, skips.pop()], dim=1), time, inside[level])
            if i < len(self.grow):
                y = self.grow[i](cleared(y, inside[level]))
        prediction = normalize_activate_convolve(self.exit, y, filled)[..., : x.shape[-1]]
        return cleared(prediction, inside_of(lengths, x.shape[-1]))
