"""G.711 μ-law: 8 bits a sample at 8 kHz, 64 kbps, no delay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..coding.framed import FramedCodec, Frames, Samples, points
from . import av_packets


@dataclass(frozen=True)
class G711(FramedCodec):
    """FFmpeg's μ-law."""

    name: ClassVar[str] = "g711"
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

    def encode_frames(self, samples: Samples) -> Frames:
        packets = av_packets.encode("pcm_mulaw", samples, self.sample_rate)
        return np.frombuffer(b"".join(packets), np.uint8).reshape(len(samples), 1)

    def decode_frames(self, frames: Frames) -> NDArray[np.int16] | NDArray[np.float32]:
        return av_packets.decode("pcm_mulaw", [frames.tobytes()], self.sample_rate)


CODEC = G711
