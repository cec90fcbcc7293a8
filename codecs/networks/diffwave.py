"""DiffWave: a waveform denoiser of dilated convolutions with gates, residuals and skips.

The layers see a diffusion step as an embedding of the chain's 50 step numbers, interpolated between
them. `rates` multiply to the hop; the published ones are 16 and 16.

Z. Kong et al., "DiffWave: A Versatile Diffusion Model for Audio Synthesis", ICLR 2021.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .denoiser import Denoiser

CYCLE = 10  # layers until the dilation starts again at 1
STEPS = 50
STEP_CHANNELS = 512
SLOPE = 0.4


def _conv(inputs: int, outputs: int, kernel: int = 1, dilation: int = 1) -> nn.Conv1d:
    padding = dilation * (kernel // 2)
    conv = nn.Conv1d(inputs, outputs, kernel, padding=padding, dilation=dilation)
    nn.init.kaiming_normal_(conv.weight)
    return conv


class StepEmbedding(nn.Module):
    """Times [B] to [B, STEP_CHANNELS]; the chain's step n, from 0, is the time (n + 1) / STEPS."""

    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        angles = torch.arange(STEPS)[:, None] * 10.0 ** (torch.arange(64) * 4 / 63)
        table = torch.cat([angles.sin(), angles.cos()], dim=1)
        self.register_buffer("table", table, persistent=False)
        self.body = nn.Sequential(
            nn.Linear(128, STEP_CHANNELS),
            nn.SiLU(),
            nn.Linear(STEP_CHANNELS, STEP_CHANNELS),
            nn.SiLU(),
        )

    def forward(self, t: Tensor) -> Tensor:
        position = (t * STEPS - 1).clamp(0, STEPS - 1)
        below = position.long().clamp_max(STEPS - 2)
        share = (position - below)[:, None].to(self.table)
        embedding: Tensor = self.body(torch.lerp(self.table[below], self.table[below + 1], share))
        return embedding


class ResidualLayer(nn.Module):
    """One gated layer: [B, channels, T] to its successor and its share of the skip sum."""

    def __init__(self, channels: int, features: int, dilation: int) -> None:
        super().__init__()
        self.step = nn.Linear(STEP_CHANNELS, channels)
        self.dilated = _conv(channels, 2 * channels, 3, dilation)
        self.condition = _conv(features, 2 * channels)
        self.exit = _conv(channels, 2 * channels)

    def forward(self, x: Tensor, step: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        y = self.dilated(x + self.step(step)[:, :, None]) + self.condition(condition)
        gate, signal = y.chunk(2, dim=1)
        residual, skip = self.exit(torch.sigmoid(gate) * torch.tanh(signal)).chunk(2, dim=1)
        return (x + residual) / math.sqrt(2), skip


class DiffWave(Denoiser):
    """Waveforms [B, 1, k * hop]; with an anchor, two input channels."""

    def __init__(
        self, features: int, rates: Sequence[int], channels: int, depth: int, anchored: bool
    ) -> None:
        super().__init__()
        self.entry = _conv(2 if anchored else 1, channels)
        self.step = StepEmbedding()
        self.upsamples = nn.ModuleList(
            nn.ConvTranspose2d(1, 1, (3, 2 * rate), (1, rate), (1, rate // 2)) for rate in rates
        )
        self.layers = nn.ModuleList(
            ResidualLayer(channels, features, 2 ** (i % CYCLE)) for i in range(depth)
        )
        self.skip = _conv(channels, channels)
        self.exit = _conv(channels, 1)
        nn.init.zeros_(self.exit.weight)

    def prepare(self, features: Tensor) -> Tensor:
        """Features at the sample rate [B, features, k * hop]."""
        y = features.unsqueeze(1)
        for upsample in self.upsamples:
            y = F.leaky_relu(upsample(y), SLOPE)
        return y.squeeze(1)

    def forward(self, x: Tensor, t: Tensor, anchor: Tensor | None, prepared: Tensor) -> Tensor:
        y = F.relu(self.entry(x if anchor is None else torch.cat([x, anchor], dim=1)))
        step = self.step(t)
        total = torch.zeros_like(y)
        for layer in self.layers:
            y, skip = layer(y, step, prepared)
            total = total + skip
        y = F.relu(self.skip(total / math.sqrt(len(self.layers))))
        prediction: Tensor = self.exit(y)
        return prediction
