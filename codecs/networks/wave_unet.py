"""The U-Net of Multi-Band Diffusion: strided convolutions over samples, conditioned at the bottom.

Every level strides, normalizes over groups of channels, activates, and adds a residual block; the
diffusion time is added to the outcome of every level. The way up adds the skips. Kernels are twice
as long as strides. A hint, where there is one, enters beside the noisy band.

A first stride of 20 makes it a network on patches, which is what a CPU can train.

R. San Roman et al., "From Discrete Tokens to High-Fidelity Audio Using Multi-Band Diffusion",
NeurIPS 2023, and its code. The code looks the time up in a table of 1000 trained rows; here it is
embedded, because in a short training each row of such a table is hardly ever updated.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .denoiser import Denoiser, TimeEmbedding, fill_frames

GROUPS = 4
TIME_CHANNELS = 64


class ResidualBlock(nn.Module):
    """Normalize, activate, convolve, twice, added to the input: [B, channels, T]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(layer for _ in range(2) for layer in (_norm(channels), _conv(channels)))
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.body(x)
        return x + y


class WaveUNet(Denoiser):
    """One band [B, 1, T], and a hint [B, 1, T] if hinted; features of the condition at any rate."""

    def __init__(
        self, features: int, widths: Sequence[int], strides: Sequence[int], hinted: bool = False
    ) -> None:
        """Raises ValueError if there are not as many widths as strides, or a stride is odd."""
        super().__init__()
        if len(widths) != len(strides) or any(stride % 2 for stride in strides):
            raise ValueError(
                f"{len(widths)} widths and strides {tuple(strides)}; "
                "needed is one even stride for every width"
            )
        self.multiple = math.prod(strides)
        entries = list(zip(pairwise([2 if hinted else 1, *widths]), strides, strict=True))
        exits = list(zip(pairwise([1, *widths]), strides, strict=True))
        self.down = nn.ModuleList(
            nn.Sequential(nn.Conv1d(a, b, 2 * s, s, s // 2, bias=False), _norm(b), ResidualBlock(b))
            for (a, b), s in entries
        )
        self.time = TimeEmbedding(TIME_CHANNELS)
        self.times = nn.ModuleList(nn.Linear(TIME_CHANNELS, width) for width in widths)
        self.condition = nn.Conv1d(features, widths[-1], 1)
        self.up = nn.ModuleList(
            nn.Sequential(
                ResidualBlock(b), _norm(b), nn.ConvTranspose1d(b, a, 2 * s, s, s // 2, bias=False)
            )
            for (a, b), s in reversed(exits)
        )

    def prepare(self, features: Tensor) -> Tensor:
        """The condition as the bottom takes it [B, width, k]."""
        projected: Tensor = self.condition(features)
        return projected

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        signals = x if anchor is None else torch.cat([x, anchor], dim=1)
        y, skips, time = fill_frames(signals, self.multiple), [], self.time(t)
        for i, level in enumerate(self.down):
            y = level(y) + self.times[i](time)[:, :, None]
            skips.append(y)
        y = F.interpolate(prepared, y.shape[-1])
        for level in self.up:
            y = level(y + skips.pop())
        return y[..., : x.shape[-1]]


class MultiBandUNet(Denoiser):
    """Bands [B, bands, T], each with a U-Net of its own that sees nothing of the others.

    A hint [B, 1, T] is shown to all of them.
    """

    takes_lengths: ClassVar[bool] = False

    def __init__(
        self,
        bands: int,
        features: int,
        widths: Sequence[int],
        strides: Sequence[int],
        hinted: bool = False,
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            WaveUNet(features, widths, strides, hinted) for _ in range(bands)
        )

    def prepare(self, features: Tensor) -> Tensor:
        """What every U-Net makes of the condition [B, bands, width, k]."""
        members = cast("Iterable[WaveUNet]", self.members)
        return torch.stack([member.prepare(features) for member in members], dim=1)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        bands = [
            member(x[:, i : i + 1], t, anchor, prepared[:, i])
            for i, member in enumerate(self.members)
        ]
        return torch.cat(bands, dim=1)


def _norm(channels: int) -> nn.Module:
    return nn.Sequential(nn.GroupNorm(GROUPS, channels), nn.ReLU())


def _conv(channels: int) -> nn.Module:
    return nn.Conv1d(channels, channels, 3, padding=1)
