"""AMR narrow band (3GPP TS 26.071): 20 ms frames at 8 kHz, eight modes, no DTX.

The payload is the speech bits of TS 26.101 table 2, class A to C in the order of RFC 4867; the
table-of-contents byte before each frame and the fill behind it are removed. The delay is the
5 ms look-ahead of the encoder.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from . import av_packets
from .amr_frames import with_contents, without_contents, without_lost

_LIBRARY = "libopencore_amrnb"
_NO_DATA = 15  # frame type, RFC 4867 table 1a: narrow band has none for lost speech


@dataclass(frozen=True)
class AmrNb(StreamingConcealingCodec):
    """opencore-amr's AMR-NB."""

    name: ClassVar[str] = "amr-nb"
    paper: ClassVar[str] = "3GPP TS 26.071: AMR speech codec"
    licence: ClassVar[str] = "Apache-2.0"
    rates: ClassVar[Mapping[float, int]] = {
        4.75: 95,
        5.15: 103,
        5.9: 118,
        6.7: 134,
        7.4: 148,
        7.95: 159,
        10.2: 204,
        12.2: 244,
    }
    frame: ClassVar[int] = 160
    delay: ClassVar[int] = 40
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 12.2

    @property
    def sample_rate(self) -> int:
        return 8_000

    @property
    def backend(self) -> str:
        return av_packets.backend(_LIBRARY)

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing(_LIBRARY, _LIBRARY)

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        encoder = av_packets.Encoder(_LIBRARY, self.sample_rate, round(1000 * self.kbps))

        def encode(samples: Samples, last: bool) -> Frames:
            return without_contents(encoder(samples, last))

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        decoder = av_packets.Decoder(_LIBRARY, self.sample_rate)
        mode = list(self.rates).index(self.kbps)

        def decode(frames: Frames, lost: Lost, last: bool) -> av_packets.Decoded:
            return decoder(without_lost(with_contents(frames, mode), lost, _NO_DATA))

        yield decode


CODEC = AmrNb
