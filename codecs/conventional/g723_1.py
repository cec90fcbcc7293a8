"""G.723.1 at its high rate: MP-MLQ, 30 ms frames at 8 kHz.

A frame has 24 octets (the Recommendation's packing: 189 bits of speech, the two bits that tell
frame types apart and one that is unused), so that the measured rate is 6.4 kbps. FFmpeg's encoder
has no 5.3 kbps. The delay is the 7.5 ms look-ahead.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingCodec
from . import av_packets


@dataclass(frozen=True)
class G7231(StreamingCodec):
    """FFmpeg's G.723.1."""

    name: ClassVar[str] = "g723.1"
    paper: ClassVar[str] = "ITU-T G.723.1"
    licence: ClassVar[str] = "LGPL-2.1-or-later (FFmpeg)"
    rates: ClassVar[Mapping[float, int]] = {6.3: 192}
    frame: ClassVar[int] = 240
    delay: ClassVar[int] = 60
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 6.3

    @property
    def sample_rate(self) -> int:
        return 8_000

    @property
    def backend(self) -> str:
        return av_packets.backend("g723_1")

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing("g723_1", "g723_1")

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        encoder = av_packets.Encoder("g723_1", self.sample_rate, round(1000 * self.kbps))

        def encode(samples: Samples, last: bool) -> Frames:
            packets = b"".join(encoder(samples, last))
            return np.frombuffer(packets, np.uint8).reshape(-1, self.frame_bits // 8)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        decoder = av_packets.Decoder("g723_1", self.sample_rate)

        def decode(frames: Frames, lost: Lost, last: bool) -> av_packets.Decoded:
            return decoder([frame.tobytes() for frame in frames])

        yield decode


CODEC = G7231
