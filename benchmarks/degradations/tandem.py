"""Tandem coding: what one encoder and decoder gives goes through them again.

Only the last bitstream is kept: its rate is the rate. What is decoded in between is clipped to full
scale, and a stochastic decoder draws its noise from the bits that it decodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from torch import Tensor

from ...codecs import Codec
from ...codecs.noise import Noise, seed_for
from .base import ChannelDegradation, DegradationError, in_range
from .channel import Channel


@dataclass(frozen=True)
class _Repeated(Channel):
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads: list[bytes] = self.inner.encode(audio)
        for _ in range(self.degradation.times - 1):
            seeds = [seed_for(sha256(payload).hexdigest()) for payload in payloads]
            decoded = self.inner.decode(payloads, Noise(seeds))
            again = [d[: len(a)].clamp(-1, 1) for d, a in zip(decoded, audio, strict=True)]
            payloads = self.inner.encode(again)
        return payloads


@dataclass(frozen=True)
class Tandem(ChannelDegradation):
    """The codec `times` in a row."""

    kind: ClassVar[str] = "tandem"

    times: int

    def __post_init__(self) -> None:
        in_range(self.kind, "times", self.times, 2, 20)
        if not isinstance(self.times, int):
            raise DegradationError(f"tandem: times must be a whole number, not {self.times!r}")

    @property
    def label(self) -> str:
        return f"tandem-{self.times}x"

    def wrap(self, codec: Codec) -> Codec:
        return _Repeated(codec, self)


DEGRADATION = Tandem
