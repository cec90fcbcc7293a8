"""LC3 (Bluetooth SIG, the codec of LE Audio): 10 ms frames at 16 kHz.

A frame has at least 20 bytes, so that 16 kbps is the lowest rate at this frame length. The delay is
the 2.5 ms overlap of its low-delay MDCT. liblc3 conceals a frame that it finds damaged, and a frame
of ones always is: the last of its spectral lines would lie beyond the spectrum.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec

_FRAME_US = 10_000
_DAMAGED = np.uint8(0xFF)  # all bits one


@dataclass(frozen=True)
class Lc3(StreamingConcealingCodec):
    """Google's liblc3."""

    name: ClassVar[str] = "lc3"
    paper: ClassVar[str] = "Bluetooth SIG, Low Complexity Communication Codec"
    licence: ClassVar[str] = "Apache-2.0"
    rates: ClassVar[Mapping[float, int]] = {16: 160, 24: 240, 32: 320, 64: 640}
    frame: ClassVar[int] = 160
    delay: ClassVar[int] = 40
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 32

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def backend(self) -> str:
        return f"liblc3 (lc3py {version('lc3py')})"

    @classmethod
    def unavailable(cls) -> str:
        try:
            version("lc3py")
        except PackageNotFoundError:
            return "lc3py is missing: pip install lc3py"
        return ""

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        import lc3

        encoder = lc3.Encoder(_FRAME_US, self.sample_rate)
        size = self.frame_bits // 8

        def encode(samples: Samples, last: bool) -> Frames:
            packets = [encoder.encode(frame.tobytes(), size, bit_depth=16) for frame in samples]
            return np.frombuffer(b"".join(packets), np.uint8).reshape(-1, size)

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        import lc3

        decoder = lc3.Decoder(_FRAME_US, self.sample_rate)

        def decode(frames: Frames, lost: Lost, last: bool) -> Samples:
            received = np.where(lost[:, None], _DAMAGED, frames)
            parts = [decoder.decode(frame.tobytes(), bit_depth=16) for frame in received]
            return np.frombuffer(b"".join(parts), np.int16)

        yield decode


CODEC = Lc3
