"""Frames that never come, at random or in bursts, for codecs that can conceal.

Bursts follow a Markov chain of two states: every frame is lost in one, none in the other (E. N.
Gilbert, "Capacity of a Burst-Noise Channel", Bell System Technical Journal 39, 1960; of E. O.
Elliott's generalization the case in which a bad channel loses everything). A share p of lost frames
in bursts of b frames on average makes it leave the bad state with probability 1 / b, and enter it
with p / (b (1 - p)). Losses that do not know of each other have b = 1 / (1 - p).

The pattern is drawn from the noise of item and draw, so that conditions of equally many frames lose
the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.coding.framed import ConcealingCodec, Lost
from ...codecs.noise import Noise
from .base import ChannelDegradation, DegradationError, NotApplicable, in_range
from .channel import Channel


@dataclass(frozen=True)
class _Losing(Channel):
    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "stochastic", True)

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        frames = [self.inner.packets(payload) for payload in payloads]
        drawn = [torch.special.ndtr(z).tolist() for z in noise.randn([(n,) for n in frames])]
        return [
            self.inner.decode_with_loss(payload, self.degradation.pattern(uniform))
            for payload, uniform in zip(payloads, drawn, strict=True)
        ]


@dataclass(frozen=True)
class Loss(ChannelDegradation):
    """`percent` of the frames, in bursts of `burst` frames on average; 0: independent losses."""

    kind: ClassVar[str] = "loss"

    percent: float
    burst: float = 0.0

    def __post_init__(self) -> None:
        in_range(self.kind, "percent", self.percent, 0, 90)
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
        return f"loss-{self.percent:g}pct" + (f"-burst{self.burst:g}" if self.burst else "")

    def wrap(self, codec: Codec) -> Codec:
        if not isinstance(codec, ConcealingCodec):
            raise NotApplicable(f"{codec.name} does not conceal lost frames")
        return _Losing(codec, self)

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
