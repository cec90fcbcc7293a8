"""Coding while the signal comes: an encoder that takes samples, and a decoder that takes packets.

What a stream makes is what `encode` and `decode` make of the whole, bit for bit, however the signal
is cut: the contract test holds every codec that streams against that.

    packet  what travels together: a frame, or 20 ms of codecs whose frames are single samples
    delay   removed, as `decode` removes it: the first packets give fewer samples than later ones
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class StreamEncoder(ABC):
    """Packets of a signal that comes in chunks."""

    @abstractmethod
    def push(self, chunk: "Tensor") -> list[bytes]:
        """Packets that the next samples, mono float32 [T] of any length, complete."""

    @abstractmethod
    def finish(self) -> list[bytes]:
        """Packets that hold the signal's end. Nothing may be pushed after."""


class StreamDecoder(ABC):
    """A signal from packets as they come."""

    @abstractmethod
    def push(self, packet: bytes) -> "Tensor":
        """Mono float32 samples [T] that the next packet makes known; none may be.

        Raises:
            BitstreamError: it is not a packet of this operating point.
        """

    @abstractmethod
    def finish(self) -> "Tensor":
        """What was held back [T]. Nothing may be pushed after."""


class Stream(NamedTuple):
    """Both ends of one signal's way through a codec; neither knows of the other."""

    encoder: StreamEncoder
    decoder: StreamDecoder
