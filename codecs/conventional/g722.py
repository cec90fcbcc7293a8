"""G.722 wide band: two ADPCM sub-bands, one codeword of 8, 7 or 6 bits for two samples at 16 kHz.

The encoder always makes 8-bit codewords; modes 2 and 3 of the Recommendation (56 and 48 kbps) drop
the last one or two bits of the lower band, and the payload leaves them out. A frame here is four
codewords. The delay is that of the two QMF filters of 24 taps: 22 samples.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingCodec
from . import av_packets

_CODEWORDS = 4  # of a frame


@dataclass(frozen=True)
class G722(StreamingCodec):
    """FFmpeg's G.722."""

    name: ClassVar[str] = "g722"
    paper: ClassVar[str] = "ITU-T G.722"
    licence: ClassVar[str] = "LGPL-2.1-or-later (FFmpeg)"
    rates: ClassVar[Mapping[float, int]] = {48: 24, 56: 28, 64: 32}
    frame: ClassVar[int] = 8
    delay: ClassVar[int] = 22
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 64

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def backend(self) -> str:
        return av_packets.backend("g722")

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing("g722", "g722")

    @property
    def _codeword_bits(self) -> int:
        return self.frame_bits // _CODEWORDS

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        encoder = av_packets.Encoder("g722", self.sample_rate)

        def encode(samples: Samples, last: bool) -> Frames:
            encoded = np.frombuffer(b"".join(encoder(samples, last)), np.uint8)
            bits = np.unpackbits(encoded).reshape(-1, _CODEWORDS, 8)
            kept = bits[:, :, : self._codeword_bits]
            return np.packbits(kept.reshape(len(kept), self.frame_bits), axis=1)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        options = {"bits_per_codeword": str(self._codeword_bits)}
        decoder = av_packets.Decoder("g722", self.sample_rate, options=options)

        def decode(frames: Frames, lost: Lost, last: bool) -> av_packets.Decoded:
            bits = np.unpackbits(frames, axis=1)[:, : self.frame_bits]
            codewords = np.packbits(bits.reshape(-1, self._codeword_bits), axis=1)
            return decoder([codewords.tobytes()] if len(frames) else [])

        yield decode


CODEC = G722
