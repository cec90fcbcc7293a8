"""G.726 ADPCM: 2 to 5 bits a sample at 8 kHz, no delay.

Codewords are packed most significant bit first; eight of them fill whole bytes. FFmpeg's encoder
gives them in blocks of 256 ms: no codec for a stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import FramedCodec, Frames, Samples, points
from . import av_packets


@dataclass(frozen=True)
class G726(FramedCodec):
    """FFmpeg's G.726."""

    name: ClassVar[str] = "g726"
    paper: ClassVar[str] = "ITU-T G.726"
    licence: ClassVar[str] = "LGPL-2.1-or-later (FFmpeg)"
    rates: ClassVar[Mapping[float, int]] = {16: 16, 24: 24, 32: 32, 40: 40}
    frame: ClassVar[int] = 8
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 32

    @property
    def sample_rate(self) -> int:
        return 8_000

    @property
    def backend(self) -> str:
        return av_packets.backend("g726")

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing("g726", "g726")

    @property
    def _bits(self) -> str:
        """Bits of a codeword, as FFmpeg takes its options."""
        return str(self.frame_bits // self.frame)

    def encode_frames(self, samples: Samples) -> Frames:
        rate = round(1000 * self.kbps)
        options = {"code_size": self._bits}
        packets = av_packets.Encoder("g726", self.sample_rate, rate, options)(samples, True)
        return np.frombuffer(b"".join(packets), np.uint8).reshape(len(samples), -1)

    def decode_frames(self, frames: Frames) -> av_packets.Decoded:
        options = {"bits_per_coded_sample": self._bits}
        decoder = av_packets.Decoder("g726", self.sample_rate, options=options)
        return decoder([frames.tobytes()])


CODEC = G726
