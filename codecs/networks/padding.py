"""Signals of several lengths in one batch: zeros behind each, which no result may depend on.

A convolution that reaches beyond a signal's end must find the zeros that it finds there when the
signal is alone, a normalization must not count what lies behind, and attention must not look at it.
So networks clear it before every such layer. Everything here leaves a batch without padding, for
which `inside` is None, exactly as it is.

Conventions
    inside  which positions [B, T] are the signals' own; None where all are
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def stack(signals: Sequence[Tensor]) -> Tensor:
    """Tensors [1, ..., T_i] as one [B, ..., T], with zeros behind the shorter ones."""
    longest = max(signal.shape[-1] for signal in signals)
    return torch.cat([F.pad(signal, (0, longest - signal.shape[-1])) for signal in signals])


def inside_of(lengths: Tensor | None, positions: int) -> Tensor | None:
    """The first `lengths` [B] of as many positions."""
    if lengths is None:
        return None
    return torch.arange(positions, device=lengths.device) < lengths[:, None]


def every(inside: Tensor | None, step: int) -> Tensor | None:
    """The same at every `step`-th position: lengths are multiples of it."""
    return None if inside is None else inside[:, ::step]


def over_rows(inside: Tensor | None, rows: int) -> Tensor | None:
    """The same for [B, ..., rows, T] flattened to [B, ..., rows * T]."""
    return None if inside is None else inside.repeat(1, rows)


def cleared(x: Tensor, inside: Tensor | None, value: float = 0.0) -> Tensor:
    """x [B, ..., T] with a value in the place of what is not the signals' own."""
    if inside is None:
        return x
    return x.masked_fill(~inside.view(len(x), *[1] * (x.dim() - 2), -1), value)


class GroupNorm(nn.GroupNorm):
    """Group normalization [B, C, ..., T] over the signals' own positions."""

    def forward(self, x: Tensor, inside: Tensor | None = None) -> Tensor:
        if inside is None:
            return super().forward(x)
        groups = x.float().reshape(len(x), self.num_groups, -1, x.shape[-1])  # [B, G, n, T]
        count = inside.sum(dim=1).view(-1, 1, 1, 1) * groups.shape[2]
        mean = cleared(groups, inside).sum(dim=(2, 3), keepdim=True) / count
        centred = cleared(groups - mean, inside)
        variance = centred.square().sum(dim=(2, 3), keepdim=True) / count
        y: Tensor = (centred * (variance + self.eps).rsqrt()).view(x.shape)
        if not self.affine:
            return y
        shape = (-1, *[1] * (x.dim() - 2))
        return torch.addcmul(self.bias.view(shape), y, self.weight.view(shape))


def normalize_activate_convolve(layers: nn.Sequential, x: Tensor, inside: Tensor | None) -> Tensor:
    """These three layers in a row."""
    norm, activate, convolve = layers
    y = cast("Tensor", activate(norm(x, inside)))
    made: Tensor = convolve(cleared(y, inside))
    return made
