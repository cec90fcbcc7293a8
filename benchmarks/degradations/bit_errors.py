"""Flipped bits that no checksum finds: what a decoder does with a payload that is wrong.

Every bit of the payload flips with the same probability; the container's checksum is made after it.
The flips depend on the payload alone. A decoder may decode what it gets, or refuse it with a
`BitstreamError`; the suite tells this from a crash (`store.refusals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from ...codecs import Codec
from ...codecs.bitstream import BitstreamError
from ...codecs.noise import Noise, seed_for
from ..store.refusals import REFUSED
from .base import ChannelDegradation, in_range
from .channel import Channel


def flipped(payload: bytes, rate: float) -> bytes:
    """The payload with every bit flipped with probability `rate`."""
    random = np.random.default_rng(seed_for(payload.hex()))
    errors = np.packbits(random.random(8 * len(payload)) < rate)
    return (np.frombuffer(payload, np.uint8) ^ errors).tobytes()


@dataclass(frozen=True)
class _Flipping(Channel):
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [flipped(payload, self.degradation.rate) for payload in self.inner.encode(audio)]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        try:
            decoded: list[Tensor] = self.inner.decode(payloads, noise)
        except BitstreamError as error:
            raise BitstreamError(f"{REFUSED}{error}") from error
        return decoded


@dataclass(frozen=True)
class BitErrors(ChannelDegradation):
    """Bits flip with probability `rate`."""

    kind: ClassVar[str] = "bit-errors"

    rate: float

    def __post_init__(self) -> None:
        in_range(self.kind, "rate", self.rate, 0, 0.5)

    @property
    def label(self) -> str:
        return f"bit-errors-{self.rate:g}"

    def wrap(self, codec: Codec) -> Codec:
        return _Flipping(codec, self)


DEGRADATION = BitErrors
