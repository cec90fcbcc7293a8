"""G.711 μ-law: 8 bits a sample at 8 kHz, 64 kbps, no delay."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingCodec
from . import av_packets


@dataclass(frozen=True)
class G711(StreamingCodec):
    """FFmpeg's μ-law."""

    name: ClassVar[str] = "g711"
    paper: ClassVar[str] = "ITU-T G.711"
    licence: ClassVar[str] = "LGPL-2.1-or-later (FFmpeg)"
    rates: ClassVar[Mapping[float, int]] = {64: 8}
    frame: ClassVar[int] = 1
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 64

    @property
    def sample_rate(self) -> int:
        return 8_000

    @property
    def backend(self) -> str:
        return av_packets.backend("pcm_mulaw")

    @classmethod
    def unavailable(cls) -> str:
        return av_packets.missing("pcm_mulaw", "pcm_mulaw")

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        encoder = av_packets.Encoder("pcm_mulaw", self.sample_rate)

        def encode(samples: Samples, last: bool) -> Frames:
            return np.frombuffer(b"".join(encoder(samples, last)), np.uint8).reshape(-1, 1)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        decoder = av_packets.Decoder("pcm_mulaw", self.sample_rate)

        def decode(frames: Frames, lost: Lost, last: bool) -> av_packets.Decoded:
            return decoder([frames.tobytes()] if len(frames) else [])

        yield decode


CODEC = G711
