"""Codecs of frames whose library goes from frame to frame: whole signals and streams in one way.

A subclass makes an encoder and a decoder of frames, each with the state of one signal. Coding the
whole is giving them all frames at once.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bitstream import BitstreamError
from ..streams import Stream, StreamDecoder, StreamEncoder
from .framed import ConcealingCodec, FramedCodec, Frames, Lost, Samples
from .pcm16 import to_pcm16

# Frames [M, bytes] that samples [N, frame] complete; all that are missing where they are the last
FrameEncoder = Callable[[Samples, bool], Frames]
# Samples [T] that frames [N, bytes] make known; all that are missing where they are the last
FrameDecoder = Callable[[Frames, Lost, bool], NDArray[np.int16] | NDArray[np.float32]]

_SHORTEST_PACKET = 0.005  # s: shorter frames travel together
_PACKET = 0.02  # s


@dataclass(frozen=True)
class StreamingCodec(FramedCodec):
    """A codec whose frames are coded one after the other."""

    streams: ClassVar[bool] = True

    @abstractmethod
    def frame_encoder(self) -> AbstractContextManager[FrameEncoder]:
        """A new encoder of one signal."""

    @abstractmethod
    def frame_decoder(self) -> AbstractContextManager[FrameDecoder]:
        """A new decoder of one signal; it looks at what is lost if it can conceal that.

        Raises:
            BitstreamError: when it is used: the library refuses a frame.
        """

    def join(self, packets: Sequence[bytes]) -> bytes:
        """The payload that packets are."""
        frames = [self.unpack(packet) for packet in packets]
        return self.pack(np.concatenate(frames)) if frames else b""

    @property
    def packet_frames(self) -> int:
        """Frames of a packet."""
        rate = self.sample_rate
        short = self.frame < _SHORTEST_PACKET * rate
        return round(_PACKET * rate / self.frame) if short else 1

    def encode_frames(self, samples: Samples) -> Frames:
        with self.frame_encoder() as encode:
            return encode(samples, True)[: len(samples)]

    def decode_frames(self, frames: Frames) -> NDArray[np.int16] | NDArray[np.float32]:
        with self.frame_decoder() as decode:
            return decode(frames, np.zeros(len(frames), np.bool_), True)

    @contextmanager
    def stream(self) -> Iterator[Stream]:
        with ExitStack() as stack:
            encode = stack.enter_context(self.frame_encoder())
            decode = stack.enter_context(self.frame_decoder())
            yield Stream(_Encoder(self, encode), _Decoder(self, decode))


@dataclass(frozen=True)
class StreamingConcealingCodec(StreamingCodec, ConcealingCodec):
    """One whose decoder makes up for frames that never came."""

    def conceal_frames(self, frames: Frames, lost: Lost) -> NDArray[np.int16] | NDArray[np.float32]:
        with self.frame_decoder() as decode:
            return decode(frames, lost, True)


class _Encoder(StreamEncoder):
    def __init__(self, codec: StreamingCodec, encode: FrameEncoder) -> None:
        self._codec, self._encode = codec, encode
        self._waiting = np.zeros(0, np.int16)  # samples of a frame that is not whole
        self._made: list[Frames] = []  # frames of a packet that is not whole
        self._samples = self._given = self._sent = 0  # samples, frames, frames

    def push(self, chunk: Tensor) -> list[bytes]:
        self._samples += len(chunk)
        came = np.frombuffer(to_pcm16(chunk), "<i2").astype(np.int16)
        self._waiting = np.concatenate([self._waiting, came])
        whole = self._codec.packet_frames * self._codec.frame
        ready = len(self._waiting) // whole * whole
        return self._packets(ready, last=False) if ready else []

    def finish(self) -> list[bytes]:
        codec = self._codec
        if not self._samples:
            return []
        count = -(-(self._samples + codec.delay) // codec.frame)
        ready = (count - self._given) * codec.frame
        self._waiting = np.pad(self._waiting, (0, ready - len(self._waiting)))
        return self._packets(ready, last=True)

    def _packets(self, ready: int, last: bool) -> list[bytes]:
        """Packets that the first waiting samples complete."""
        now, self._waiting = self._waiting[:ready], self._waiting[ready:]
        samples = now.reshape(-1, self._codec.frame)
        self._given += len(samples)
        frames = self._encode(samples, last)
        frames = frames[: self._given - self._sent]  # what pushes out a delay is none of them
        self._sent += len(frames)
        size = self._codec.packet_frames
        self._made.append(frames)
        whole = np.concatenate([part for part in self._made if len(part)] or [frames])
        end = len(whole) if last else len(whole) // size * size
        self._made = [whole[end:]]
        return [self._codec.pack(whole[i : min(i + size, end)]) for i in range(0, end, size)]


class _Decoder(StreamDecoder):
    def __init__(self, codec: StreamingCodec, decode: FrameDecoder) -> None:
        self._codec, self._decode = codec, decode
        self._late = codec.delay  # samples that are still to be removed
        self._frames = self._samples = 0

    def push(self, packet: bytes) -> Tensor:
        return self._signal(self._codec.unpack(packet), last=False)

    def finish(self) -> Tensor:
        if not self._frames:
            return torch.zeros(0)
        width = -(-self._codec.frame_bits // 8)
        signal = self._signal(np.zeros((0, width), np.uint8), last=True)
        if self._samples != self._frames * self._codec.frame:
            raise BitstreamError(
                f"{self._frames} frames of {self._codec.condition} gave {self._samples} samples"
            )
        return signal

    def _signal(self, frames: Frames, last: bool) -> Tensor:
        samples = self._decode(frames, np.zeros(len(frames), np.bool_), last)
        self._frames += len(frames)
        self._samples += len(samples)
        late = min(self._late, len(samples))
        self._late -= late
        return self._codec.as_signal(samples[late:])
