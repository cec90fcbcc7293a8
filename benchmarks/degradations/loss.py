"""Frames that never come, at random or in bursts, for codecs that can conceal.

Bursts follow a Markov chain of two states: every frame is lost in one, none in the other (E. N.
Gilbert, "Capacity of a Burst-Noise Channel", Bell System Technical Journal 39, 1960; of E. O.
Elliott's generalization the case in which a bad channel loses everything). A share p of lost frames
in bursts of b frames on average makes it leave the bad state with probability 1 / b, and enter it
with p / (b (1 - p)). Losses that do not know of each other have b = 1 / (1 - p).

The pattern is drawn from the noise of item and draw, so that conditions of equally many frames lose
the same ones. With `grid_ms`, it is drawn once for an item and a draw on a grid of that many
milliseconds, whatever the codec, and kept in the run as `patterns/ITEM.g192`: for each cell a word
of 16 bits, little endian, 0x6b21 where it came and 0x6b20 where it did not, as the frame erasure
patterns of ITU-T G.192 that the tools of G.191 write and read. A frame is lost if it lies in a lost
cell, wholly or in part: codecs of other frames than the cells lose the same time, and as many
frames as that takes. Bursts are counted in cells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.coding.framed import ConcealingCodec, Lost
from ...codecs.noise import Noise
from .base import ChannelDegradation, DegradationError, NotApplicable, in_range
from .channel import Channel

_BLOCK = 1024  # cells drawn at once: how many are asked for changes none of them
_GOOD, _ERASED = 0x6B21, 0x6B20  # words of ITU-T G.192

Draw = Callable[[tuple[int, ...]], Tensor]


@dataclass(frozen=True)
class _Losing(Channel):
    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "stochastic", True)

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        frames = [self.inner.packets(payload) for payload in payloads]
        if self.degradation.grid_ms:
            return [
                self.inner.decode_with_loss(payload, self._on_grid(count, noise.drawing(index)))
                for index, (payload, count) in enumerate(zip(payloads, frames, strict=True))
            ]
        drawn = [torch.special.ndtr(z).tolist() for z in noise.randn([(n,) for n in frames])]
        return [
            self.inner.decode_with_loss(payload, self.degradation.pattern(uniform))
            for payload, uniform in zip(payloads, drawn, strict=True)
        ]

    def _on_grid(self, frames: int, draw: Draw) -> Lost:
        """Which of so many frames are lost, by the cells that each lies in."""
        frame, cell = self.inner.frame, self.sample_rate * self.degradation.grid_ms / 1000
        starts = np.arange(frames) * frame
        first, last = (starts // cell).astype(int), ((starts + frame - 1) // cell).astype(int)
        cells = self.degradation.cells(int(last.max(initial=0)) + 1, draw)
        lost_before = np.concatenate([[0], np.cumsum(cells)])
        return np.asarray(lost_before[last + 1] > lost_before[first])


@dataclass(frozen=True)
class Loss(ChannelDegradation):
    """`percent` of the frames, in bursts of `burst` frames on average; 0: independent losses.

    With `grid_ms`, of the cells of a grid that all codecs share.
    """

    kind: ClassVar[str] = "loss"

    percent: float
    burst: float = 0.0
    grid_ms: float = 0.0

    def __post_init__(self) -> None:
        in_range(self.kind, "percent", self.percent, 0, 90)
        if self.grid_ms:
            in_range(self.kind, "grid_ms", self.grid_ms, 1, 1000)
        share = self.percent / 100
        if self.burst:
            in_range(self.kind, "burst", self.burst, 1, 1000)
            if share / (self.burst * (1 - share)) > 1:
                raise DegradationError(
                    f"loss: {self.percent:g} % needs bursts of {share / (1 - share):.3g} frames "
                    f"or more, not {self.burst:g}"
                )

    @property
    def label(self) -> str:
        burst = f"-burst{self.burst:g}" if self.burst else ""
        return f"loss-{self.percent:g}pct{burst}" + (
            f"-grid{self.grid_ms:g}ms" if self.grid_ms else ""
        )

    def wrap(self, codec: Codec) -> Codec:
        if not isinstance(codec, ConcealingCodec):
            raise NotApplicable(f"{codec.name} does not conceal lost frames")
        return _Losing(codec, self)

    def record(self, item: str, seconds: float, draw: int) -> bytes:
        if not self.grid_ms:
            return b""
        cells = self.cells(ceil(1000 * seconds / self.grid_ms), Noise.of([item], draw).drawing(0))
        return np.where(cells, _ERASED, _GOOD).astype("<u2").tobytes()

    def cells(self, count: int, draw: Draw) -> Lost:
        """Which of the first `count` cells of a grid are lost, by the numbers of item and draw."""
        blocks = [draw((_BLOCK,)) for _ in range(-(-count // _BLOCK))]
        if not blocks:
            return np.zeros(0, np.bool_)
        return self.pattern(torch.special.ndtr(torch.cat(blocks)).tolist())[:count]

    def pattern(self, uniform: Sequence[float]) -> Lost:
        """Which frames [N] are lost, by numbers [N] that are uniform in [0, 1]."""
        share = self.percent / 100
        leave = 1 / self.burst if self.burst else 1 - share
        enter = share * leave / (1 - share)
        lost = np.zeros(len(uniform), np.bool_)
        for index, number in enumerate(uniform):
            if index and lost[index - 1]:
                lost[index] = number >= leave
            else:
                lost[index] = number < (enter if index else share)
        return lost


DEGRADATION = Loss
