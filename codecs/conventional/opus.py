"""Opus (RFC 6716) in its voice mode, hard CBR: 20 ms packets of one constant size.

libopus encodes at complexity 10 with `application=voip` and codes speech with SILK: narrow band at
6 and 8 kbps, wide band from 12. The payload is the packets and no Ogg byte; the identification
header that a decoder takes is a constant. Its pre-skip (RFC 7845) is the codec's delay: 312 samples
at 48 kHz, 104 at 16 kHz. libopus in PyAV always decodes at 48 kHz, which soxr brings to 16 kHz.

PyAV cannot ask for concealment, but a packet of one byte can: a frame of no bytes is one that was
lost or not sent (RFC 6716, section 3.2.1), and libopus conceals both. The byte says mode and
length, which a receiver knows from other packets.
"""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from . import av_packets

_OPTIONS = {
    "application": "voip",
    "vbr": "off",
    "compression_level": "10",
    "frame_duration": "20",
}
_DECODER_RATE = 48_000
_ONE_FRAME = 0xFC  # of the first byte: the bits that are not the number of frames
_HEAD = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 16_000, 0, 0)  # pre-skip 0: `delay` has it


@dataclass(frozen=True)
class Opus(StreamingConcealingCodec):
    """libopus, constant bitrate."""

    name: ClassVar[str] = "opus"
    rates: ClassVar[Mapping[float, int]] = {6: 120, 8: 160, 12: 240, 16: 320, 24: 480}
    frame: ClassVar[int] = 320
    delay: ClassVar[int] = 104
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 12

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def backend(self) -> str:
        return av_packets.backend("libopus")

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing("libopus", "libopus")

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        rate = round(1000 * self.kbps)
        encoder = av_packets.Encoder("libopus", self.sample_rate, rate, _OPTIONS)

        def encode(samples: Samples, last: bool) -> Frames:
            # the flush adds a packet that only pushes out the delay, which `samples` already holds
            packets = b"".join(encoder(samples, last))
            return np.frombuffer(packets, np.uint8).reshape(-1, self.frame_bits // 8)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        import soxr

        decoder = av_packets.Decoder("libopus", _DECODER_RATE, _HEAD)
        resampler = soxr.ResampleStream(_DECODER_RATE, self.sample_rate, 1, "float32", "VHQ")

        first: list[int] = []  # byte of the signal

        def decode(frames: Frames, lost: Lost, last: bool) -> NDArray[np.float32]:
            first.extend(frames[:1, 0].tolist())
            packets = [
                bytes([first[0] & _ONE_FRAME]) if gone else frame.tobytes()
                for frame, gone in zip(frames, lost, strict=True)
            ]
            decoded = decoder(packets).astype(np.float32) / 32768
            return np.asarray(resampler.resample_chunk(decoded, last=last), np.float32)

        yield decode


CODEC = Opus
