"""Opus (RFC 6716), hard CBR: 20 ms packets of one constant size.

    opus     the voice mode at 16 kHz
    opus-fb  the audio mode at 48 kHz, which is full band (to 20 kHz) from 24 kbit/s on

libopus encodes at complexity 10 with `application=voip` and codes speech with SILK: narrow band at
6 and 8 kbps, wide band from 12. The payload is the packets and no Ogg byte; the identification
header that a decoder takes is a constant. Its pre-skip (RFC 7845) is the codec's delay: 312 samples
at 48 kHz, 104 at 16 kHz. libopus in PyAV always decodes at 48 kHz, which soxr brings to 16 kHz.

PyAV cannot ask for concealment, but a packet of one byte can: a frame of no bytes is one that was
lost or not sent (RFC 6716, section 3.2.1), and libopus conceals both. The byte says mode and
length, which a receiver knows from other packets.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from . import av_packets

_OPTIONS = {
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
    paper: ClassVar[str] = "IETF RFC 6716: Definition of the Opus Audio Codec"
    licence: ClassVar[str] = "BSD-3-Clause"
    rates: ClassVar[Mapping[float, int]] = {6: 120, 8: 160, 12: 240, 16: 320, 24: 480}
    frame: ClassVar[int] = 320
    delay: ClassVar[int] = 104
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    application: ClassVar[str] = "voip"

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
        rate, options = round(1000 * self.kbps), {"application": self.application, **_OPTIONS}
        encoder = av_packets.Encoder("libopus", self.sample_rate, rate, options)

        def encode(samples: Samples, last: bool) -> Frames:
            # the flush adds a packet that only pushes out the delay, which `samples` already holds
            packets = b"".join(encoder(samples, last))
            return np.frombuffer(packets, np.uint8).reshape(-1, self.frame_bits // 8)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        decoder = av_packets.Decoder("libopus", _DECODER_RATE, _HEAD)
        resample = self._resampling()
        first: list[int] = []  # byte of the signal

        def decode(frames: Frames, lost: Lost, last: bool) -> NDArray[np.float32]:
            first.extend(frames[:1, 0].tolist())
            packets = [
                bytes([first[0] & _ONE_FRAME]) if gone else frame.tobytes()
                for frame, gone in zip(frames, lost, strict=True)
            ]
            return resample(np.asarray(decoder(packets) / np.float32(32768), np.float32), last)

        yield decode

    def _resampling(self) -> Callable[[NDArray[np.float32], bool], NDArray[np.float32]]:
        """From the decoder's rate to the codec's, as the signal comes."""
        if self.sample_rate == _DECODER_RATE:
            return lambda signal, last: signal
        import soxr

        stream = soxr.ResampleStream(_DECODER_RATE, self.sample_rate, 1, "float32", "VHQ")
        return lambda signal, last: np.asarray(stream.resample_chunk(signal, last=last), np.float32)


@dataclass(frozen=True)
class OpusFullband(Opus):
    """libopus at 48 kHz in its audio mode, constant bitrate."""

    name: ClassVar[str] = "opus-fb"
    rates: ClassVar[Mapping[float, int]] = {24: 480, 32: 640, 48: 960, 64: 1280}
    frame: ClassVar[int] = 960
    delay: ClassVar[int] = 312
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)
    application: ClassVar[str] = "audio"

    kbps: float = 24

    @property
    def sample_rate(self) -> int:
        return _DECODER_RATE


CODECS = (Opus, OpusFullband)
