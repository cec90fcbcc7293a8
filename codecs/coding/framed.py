"""Codecs of frames: every frame of samples becomes one frame of bits, most often of constant size.

This is the part that conventional speech codecs share. A subclass states its table of rates and
turns frames into bits and back, with a fresh encoder or decoder in every call.

    signal   padded with zeros to whole frames, at least `delay` samples behind its end, so that
             the decoder has produced the last sample when the frames end
    payload  the bits of the frames, contiguous (`packing`): what the codec sends, and nothing
             beside it. An empty signal is an empty payload. Frames that differ in size have
             `packets`, `pack` and `unpack` of their own
    level    16-bit samples on both sides, as these codecs are defined
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..base import Codec
from ..bitstream import BitstreamError
from ..noise import Noise
from ..settings import choose
from .packing import pack_frames, unpack_frames, whole
from .pcm16 import to_pcm16

Frames = NDArray[np.uint8]
Lost = NDArray[np.bool_]
Samples = NDArray[np.int16]


def points(rates: Mapping[float, int]) -> tuple[Mapping[str, Any], ...]:
    """One operating point for each rate of a codec's table."""
    return tuple({"kbps": kbps} for kbps in rates)


@dataclass(frozen=True)
class FramedCodec(Codec):
    """A codec with a table of rates.

    Class attributes
        rates  bits of a frame by kbit/s, as the codec's specification names its modes
    """

    rates: ClassVar[Mapping[float, int]]

    kbps: float

    def __post_init__(self) -> None:
        choose(self, "kbps", self.rates)

    @property
    def nominal_kbps(self) -> float:
        return float(self.kbps)

    @property
    def frame_bits(self) -> int:
        """Bits of a frame."""
        return self.rates[self.kbps]

    @property
    @abstractmethod
    def frame(self) -> int:
        """Samples of a frame."""

    @property
    def delay(self) -> int:
        """Samples by which the library's decoded signal is late; `decode` removes them."""
        return 0

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [self._encode(signal) for signal in audio]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [self._decode(payload) for payload in payloads]

    def length(self, payload: bytes) -> int:
        return max(0, self.packets(payload) * self.frame - self.delay)

    def packets(self, payload: bytes) -> int:
        """Frames of a payload: each travels, and is lost, alone.

        Raises:
            BitstreamError: the payload is not a whole number of frames.
        """
        return whole(payload, self.frame_bits)

    def pack(self, frames: Frames) -> bytes:
        """The payload of frames [N, bytes]."""
        return pack_frames(frames, self.frame_bits)

    def unpack(self, payload: bytes) -> Frames:
        """The frames [N, bytes] of a payload.

        Raises:
            BitstreamError: it is not one that `pack` makes.
        """
        return unpack_frames(payload, self.frame_bits)

    @abstractmethod
    def encode_frames(self, samples: Samples) -> Frames:
        """Frames [N, ceil(frame_bits / 8)] of samples [N, frame], N >= 1, by a new encoder."""

    @abstractmethod
    def decode_frames(self, frames: Frames) -> NDArray[np.int16] | NDArray[np.float32]:
        """Samples [N * frame] by a new decoder: 16-bit, or floats of full scale 1.

        Raises:
            BitstreamError: the library refuses a frame.
        """

    def _encode(self, signal: Tensor) -> bytes:
        if not len(signal):
            return b""
        samples = np.frombuffer(to_pcm16(signal), "<i2")
        count = -(-(len(samples) + self.delay) // self.frame)
        padded = np.zeros(count * self.frame, np.int16)
        padded[: len(samples)] = samples
        return self.pack(self.encode_frames(padded.reshape(count, self.frame)))

    def _decode(self, payload: bytes) -> Tensor:
        frames = self.unpack(payload)
        return self._signal(frames, self.decode_frames(frames)) if len(frames) else torch.zeros(0)

    def _signal(self, frames: Frames, samples: NDArray[np.int16] | NDArray[np.float32]) -> Tensor:
        if len(samples) != len(frames) * self.frame:
            raise BitstreamError(
                f"not a payload of {self.condition}: {len(frames)} frames decode to "
                f"{len(samples)} samples, not to {len(frames) * self.frame}"
            )
        return self.as_signal(samples[self.delay :])

    def as_signal(self, samples: NDArray[np.int16] | NDArray[np.float32]) -> Tensor:
        """What the library decoded [T] as audio."""
        scale = 32768 if samples.dtype == np.int16 else 1
        return torch.from_numpy(np.clip(samples.astype(np.float32) / scale, -1, 1))


@dataclass(frozen=True)
class ConcealingCodec(FramedCodec):
    """A codec whose library makes up for frames that never came."""

    def decode_with_loss(self, payload: bytes, lost: Lost) -> Tensor:
        """The signal [T'] of a payload of which the frames `lost` [packets] never came.

        Raises:
            BitstreamError: a payload is not one of this operating point.
        """
        frames = self.unpack(payload)
        if not len(frames):
            return torch.zeros(0)
        return self._signal(frames, self.conceal_frames(frames, lost))

    def decode_frames(self, frames: Frames) -> NDArray[np.int16] | NDArray[np.float32]:
        return self.conceal_frames(frames, np.zeros(len(frames), np.bool_))

    @abstractmethod
    def conceal_frames(self, frames: Frames, lost: Lost) -> NDArray[np.int16] | NDArray[np.float32]:
        """What `decode_frames` gives, where the frames `lost` [N] must not be looked at."""
