"""What denoisers have in common: their interface, the embedding of the diffusion time, attention.

A denoiser maps a noisy signal to what its process predicts. What does not change from step to step
is computed once by `prepare`.

Conventions
    x         noisy residual [B, channels, T], what the anchor leaves of the signal, of about unit
              variance: a waveform has one channel and `hop` samples a frame, a spectrogram or a
              latent one value per frame and channel
    t         diffusion time [B] in [0, 1]
    anchor    a first guess at the signal, of the same shape, or None where the condition gives none
    features  of the condition, at the frame rate [B, features, k]
    lengths   of the signals in a padded batch [B]; None where none is padded. Nothing that lies
              behind a signal changes its prediction, and there the prediction is zero
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .padding import GroupNorm, cleared, inside_of, stack

FEW = 4  # positions for each channel, at most, that attention projects one by one


class Denoiser(nn.Module, ABC):
    """A network that takes part in every step of sampling."""

    takes_lengths: ClassVar[bool] = True  # can it tell signals from the padding behind them?

    @abstractmethod
    def prepare(self, features: Tensor) -> Tensor:
        """The part of the work that all steps share, from features [B, features, k]."""

    def merge(self, prepared: Sequence[Tensor]) -> Tensor:
        """What `prepare` made of single signals, for all of them as one padded batch."""
        return stack(prepared)

    @abstractmethod
    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        """The prediction, of the shape of x."""


class TimeEmbedding(nn.Module):
    """Grad-TTS's embedding: sinusoids of 1000 t, then a two-layer perceptron; [B] to [B, dim]."""

    SCALE = 1000.0
    SPAN = 10_000.0  # ratio of the fastest to the slowest sinusoid

    frequencies: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        exponents = torch.arange(dim // 2) / (dim // 2 - 1)
        frequencies = self.SCALE * torch.exp(-math.log(self.SPAN) * exponents)
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.body = nn.Sequential(nn.Linear(dim, 4 * dim), nn.Mish(), nn.Linear(4 * dim, dim))

    def forward(self, t: Tensor) -> Tensor:
        angles = t[:, None].float() * self.frequencies
        embedding: Tensor = self.body(torch.cat([angles.sin(), angles.cos()], dim=1))
        return embedding


class LinearAttention(nn.Module):
    """Attention whose cost is linear in the positions, added with a learned scale that starts at 0.

    Shapes: [B, C, N] to [B, C, N].

    A. Katharopoulos et al., "Transformers are RNNs", ICML 2020, in the form that Grad-TTS uses: the
    softmax is taken of the keys alone, over positions. The input is normalized, which Grad-TTS
    leaves out: a product of three projections of what is not grows with its cube, and at the small
    size's learning rate it overflowed after 750 steps.
    """

    def __init__(self, channels: int, heads: int = 4, dim: int = 32) -> None:
        super().__init__()
        self.heads = heads
        self.norm = GroupNorm(1, channels, affine=False)
        self.project = nn.Conv1d(channels, 3 * heads * dim, 1, bias=False)
        self.exit = nn.Conv1d(heads * dim, channels, 1)
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor, inside: Tensor | None = None) -> Tensor:
        normalized = self.norm(x, inside)
        if x.shape[-1] > FEW * x.shape[1]:
            return self._few_matrices(x, normalized, inside)
        query, key, value = self.project(normalized).unflatten(1, (3, self.heads, -1)).unbind(1)
        weights = cleared(key, inside, -torch.inf).softmax(dim=-1)
        summary = weights @ value.transpose(-1, -2)  # [B, heads, dim, dim]
        y: Tensor = self.exit((summary.transpose(-1, -2) @ query).flatten(1, 2))
        return x + self.scale * y

    def _few_matrices(self, x: Tensor, normalized: Tensor, inside: Tensor | None) -> Tensor:
        """The same for many positions, without a query or a value for each of them.

        All but the softmax of the keys is linear, so its matrices are multiplied with each other
        first: to one matrix [C, C], which is applied to every position.
        """
        weight: Tensor = self.project.weight[..., 0]
        query, key, value = weight.view(3, self.heads, -1, x.shape[1])
        expanded = key.flatten(0, 1).expand(len(x), -1, -1)  # a product of matrices would copy
        scores = cleared(expanded @ normalized, inside, -torch.inf)  # [B, heads * dim, N]
        seen = scores.softmax(dim=-1) @ normalized.transpose(1, 2)  # [B, heads * dim, C]
        seen = seen.view(len(x), self.heads, -1, x.shape[1])
        summary = seen @ value.transpose(-1, -2)  # [B, heads, dim, dim]
        mixed = (summary.transpose(-1, -2) @ query).flatten(1, 2)  # [B, heads * dim, C]
        matrix = self.scale * (self.exit.weight[..., 0] @ mixed)  # [B, C, C]
        assert self.exit.bias is not None
        return torch.baddbmm(x, matrix, normalized) + (self.scale * self.exit.bias)[:, None]


def fill_frames(x: Tensor, multiple: int) -> Tensor:
    """x [..., T] with zeros behind it, up to a multiple of frames."""
    return F.pad(x, (0, -x.shape[-1] % multiple))


def filled_inside(lengths: Tensor | None, positions: int, multiple: int) -> Tensor | None:
    """What is inside after `fill_frames`, which gives every signal frames of its own."""
    return inside_of(None if lengths is None else -(-lengths // multiple) * multiple, positions)
