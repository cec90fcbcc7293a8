"""DiffWave: a waveform denoiser of dilated convolutions with gates, residuals and skips.

The layers see a diffusion step as an embedding of the chain's 50 step numbers, interpolated between
them. `rates` multiply to the hop; the published ones are 16 and 16.

What a layer makes of the condition is the same at every step of sampling: the projections of as
many layers as `HELD` has room for are computed once, and inference on a CPU runs the layers block
by block in time (`blockwise`).

Z. Kong et al., "DiffWave: A Versatile Diffusion Model for Audio Synthesis", ICLR 2021.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import blockwise
from .blockwise import Taps
from .denoiser import Denoiser
from .padding import cleared, inside_of, stack

CYCLE = 10  # layers until the dilation starts again at 1
STEPS = 50
STEP_CHANNELS = 512
SLOPE = 0.4
HELD = 2**30  # bytes of projections kept over the steps: 30 layers of 64 channels for 4 s at 16 kHz

SumSkips = Callable[[Tensor, Tensor, Tensor], Tensor]


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


@dataclass(frozen=True)
class Conditioned:
    """The condition of one item as a layer finds it: projected before the steps, or still not.

    Attributes:
        features: [features, T].
        projected: what the layer makes of them, [2 channels, T].
    """

    features: Tensor
    projected: Tensor | None


class ResidualLayer(nn.Module):
    """One gated layer: [B, channels, T] to its successor and its share of the skip sum."""

    def __init__(self, channels: int, features: int, dilation: int) -> None:
        super().__init__()
        self.step = nn.Linear(STEP_CHANNELS, channels)
        self.dilated = _conv(channels, 2 * channels, 3, dilation)
        self.condition = _conv(features, 2 * channels)
        self.exit = _conv(channels, 2 * channels)

    def forward(
        self, x: Tensor, step: Tensor, projected: Tensor, inside: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        y = self.dilated(cleared(x + self.step(step)[:, :, None], inside)) + projected
        gate, signal = y.chunk(2, dim=1)
        residual, skip = self.exit(torch.sigmoid(gate) * torch.tanh(signal)).chunk(2, dim=1)
        return (x + residual) / math.sqrt(2), skip

    def infer(
        self, source: Tensor, target: Tensor, total: Tensor, step: Tensor, condition: Conditioned
    ) -> None:
        """One item, block by block: its successor into `target`, its share added to `total`.

        Shapes: source and target [channels, T + 2 margin], step [STEP_CHANNELS],
        total [channels, T].
        """
        dilated, project = Taps.of(self.dilated), Taps.of(self.condition)
        channels, samples = total.shape
        margin = (source.shape[1] - samples) // 2
        # The step's offset is added to no sample: it becomes a bias, and what lies beyond the ends,
        # which the offset does not reach, takes its share of that back.
        offset = self.step(step)[:, None]
        source[:, margin - dilated.reach : margin] = -offset
        source[:, margin + samples : margin + samples + dilated.reach] = -offset
        bias = dilated.bias + dilated.weights.sum(dim=0) @ offset
        length = min(blockwise.BLOCK // channels, samples)
        buffer = source.new_empty(2 * channels, length)
        for start in range(0, samples, length):
            block = slice(start, min(start + length, samples))
            y = buffer[:, : block.stop - start]
            if condition.projected is None:
                y.copy_((bias + project.bias).expand_as(y))
                project.add_to(y, condition.features, start)
            else:
                torch.add(condition.projected[:, block], bias, out=y)
            dilated.add_to(y, source, margin + start)
            gated = y[:channels].sigmoid_().mul_(y[channels:].tanh_())
            inner = slice(margin + block.start, margin + block.stop)
            self._leave(gated, source[:, inner], target[:, inner], total[:, block])

    def _leave(self, gated: Tensor, source: Tensor, target: Tensor, total: Tensor) -> None:
        """(source + residual) / sqrt(2) into target, the skip added to total; [channels, n]."""
        scale = math.sqrt(0.5)
        taps = Taps.of(self.exit)
        residual, skip = taps.weights[0].chunk(2)
        residual_bias, skip_bias = taps.bias.chunk(2)
        torch.add(scale * residual_bias, source, alpha=scale, out=target)
        torch.addmm(target, residual, gated, alpha=scale, out=target)
        total.add_(skip_bias)
        torch.addmm(total, skip, gated, out=total)


class DiffWave(Denoiser):
    """Waveforms [B, 1, k * hop]; with an anchor, two input channels."""

    def __init__(
        self, features: int, rates: Sequence[int], channels: int, depth: int, anchored: bool
    ) -> None:
        super().__init__()
        self.features, self.channels = features, channels
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
        """Features at the sample rate, and behind them their projections by the first layers.

        Shapes: [B, features, k] to [B, features + n * 2 channels, k * hop], for as many layers n as
        `HELD` bytes have room for; none where gradients are wanted.
        """
        y = features.unsqueeze(1)
        for upsample in self.upsamples:
            y = F.leaky_relu(upsample(y), SLOPE)
        return self._hold(y.squeeze(1))

    def merge(self, prepared: Sequence[Tensor]) -> Tensor:
        """The same of a padded batch, for as many layers as it leaves room for."""
        return self._hold(stack([p[:, : self.features] for p in prepared]))

    def _hold(self, y: Tensor) -> Tensor:
        """Features [B, features, T] and their projections by the first layers."""
        if torch.is_grad_enabled():
            return y
        layer_bytes = y.element_size() * len(y) * 2 * self.channels * y.shape[2]
        count = min(HELD // layer_bytes, len(self.layers))
        prepared = y.new_empty(len(y), self.features + count * 2 * self.channels, y.shape[2])
        prepared[:, : self.features] = y
        for layer, rows in zip(self._layers(), self._held(prepared), strict=False):
            rows.copy_(layer.condition(y))
        return prepared

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        signals = x if anchor is None else torch.cat([x, anchor], dim=1)
        if not blockwise.applies(x):
            inside = inside_of(lengths, x.shape[-1])
            sum_skips = partial(self._sum, inside=inside)
            return cleared(self._predict(signals, t, prepared, sum_skips), inside)
        own = lengths.tolist() if lengths is not None else [x.shape[-1]] * len(x)
        places = [(slice(i, i + 1), slice(length)) for i, length in enumerate(own)]
        predictions = [
            self._predict(signals[i, :, n], t[i], prepared[i, :, n], self._sum_blockwise)
            for i, n in places
        ]
        return stack(predictions)

    def _predict(self, signals: Tensor, t: Tensor, prepared: Tensor, sum_skips: SumSkips) -> Tensor:
        y = F.relu(self.entry(signals))
        total = sum_skips(y, self.step(t), prepared)
        y = F.relu(self.skip(total / math.sqrt(len(self.layers))))
        prediction: Tensor = self.exit(y)
        return prediction

    def _sum(self, y: Tensor, step: Tensor, prepared: Tensor, inside: Tensor | None) -> Tensor:
        """Sum of the layers' skips [B, channels, T]."""
        features, held = prepared[:, : self.features], self._held(prepared)
        total = torch.zeros_like(y)
        for i, layer in enumerate(self._layers()):
            projected = held[i] if i < len(held) else layer.condition(features)
            y, skip = layer(y, step, projected, inside)
            total = total + skip
        return total

    def _sum_blockwise(self, y: Tensor, step: Tensor, prepared: Tensor) -> Tensor:
        """The same for one item [1, channels, T]."""
        margin = max(layer.dilated.dilation[0] for layer in self._layers())
        source, total = F.pad(y[0], (margin, margin)), torch.zeros_like(y)
        target = torch.empty_like(source)
        features, held = prepared[0, : self.features], self._held(prepared)
        for i, layer in enumerate(self._layers()):
            condition = Conditioned(features, held[i][0] if i < len(held) else None)
            layer.infer(source, target, total[0], step[0], condition)
            source, target = target, source
        return total

    def _held(self, prepared: Tensor) -> Sequence[Tensor]:
        """The projections that `prepared` has, one for each of the first layers."""
        rows = prepared[:, self.features :]
        batch, channels, samples = rows.shape
        width = 2 * self.channels
        return rows.view(batch, channels // width, width, samples).unbind(1)

    def _layers(self) -> Iterable[ResidualLayer]:
        return cast("Iterable[ResidualLayer]", self.layers)
