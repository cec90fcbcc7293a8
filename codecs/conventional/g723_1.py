"""G.723.1 at its high rate: MP-MLQ, 30 ms frames at 8 kHz.

A frame has 24 octets (the Recommendation's packing: 189 bits of speech, the two bits that tell
frame types apart and one that is unused), so that the measured rate is 6.4 kbps. FFmpeg's encoder
has no 5.3 kbps. The delay is the 7.5 ms look-ahead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..coding.framed import FramedCodec, Frames, Samples, points
from . import av_packets


@dataclass(frozen=True)
class G7231(FramedCodec):
    """FFmpeg's G.723.1."""

    name: ClassVar[str] = "g723.1"
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

    def encode_frames(self, samples: Samples) -> Frames:
        packets = av_packets.encode("g723_1", samples, self.sample_rate, round(1000 * self.kbps))
        return np.frombuffer(b"".join(packets[: len(samples)]), np.uint8).reshape(len(samples), 24)

    def decode_frames(self, frames: Frames) -> NDArray[np.int16] | NDArray[np.float32]:
        return av_packets.decode("g723_1", [frame.tobytes() for frame in frames], self.sample_rate)


CODEC = G7231
