"""AMR wide band (3GPP TS 26.171, ITU-T G.722.2): 20 ms frames at 16 kHz, nine modes, no DTX.

VisualOn's encoder, which neither PyAV nor any wheel carries, comes from the system; opencore-amr
decodes. The payload is the speech bits of TS 26.201 table 2, class A to C in the order of RFC 4867;
the contents byte before each frame and the fill behind it are removed. The delay of 95 samples is
the look-ahead of 5 ms at the internal 12.8 kHz and the two resampling filters.
"""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from . import av_packets, native
from .amr_frames import with_contents, without_contents, without_lost

_DECODER = "libopencore_amrwb"
_LARGEST_PACKET = 61  # bytes, at 23.85 kbps
_SPEECH_LOST = 14  # frame type, RFC 4867 table 1a


@dataclass(frozen=True)
class AmrWb(StreamingConcealingCodec):
    """vo-amrwbenc's AMR-WB, decoded by opencore-amr."""

    name: ClassVar[str] = "amr-wb"
    paper: ClassVar[str] = "ITU-T G.722.2 (3GPP TS 26.171): AMR-WB speech codec"
    licence: ClassVar[str] = "Apache-2.0"
    rates: ClassVar[Mapping[float, int]] = {
        6.6: 132,
        8.85: 177,
        12.65: 253,
        14.25: 285,
        15.85: 317,
        18.25: 365,
        19.85: 397,
        23.05: 461,
        23.85: 477,
    }
    frame: ClassVar[int] = 320
    delay: ClassVar[int] = 95
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 12.65

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def backend(self) -> str:
        return f"{native.find('vo-amrwbenc', 0)}, {av_packets.backend(_DECODER)}"

    @classmethod
    def unavailable(cls) -> str:
        if not native.find("vo-amrwbenc", 0):
            return (
                "libvo-amrwbenc is missing: apt-get install libvo-amrwbenc0 (Debian, Ubuntu) "
                "or brew install vo-amrwbenc (macOS)"
            )
        return av_packets.missing(None, _DECODER)

    @property
    def _mode(self) -> int:
        return list(self.rates).index(self.kbps)

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        library = ctypes.CDLL(native.find("vo-amrwbenc", 0))
        library.E_IF_init.restype = ctypes.c_void_p
        state = ctypes.c_void_p(library.E_IF_init())
        packet = ctypes.create_string_buffer(_LARGEST_PACKET)

        def coded(frame: Samples) -> bytes:
            address = ctypes.c_void_p(frame.ctypes.data)
            size = library.E_IF_encode(state, ctypes.c_int(self._mode), address, packet, 0)
            return packet.raw[:size]

        def encode(samples: Samples, last: bool) -> Frames:
            return without_contents([coded(frame) for frame in np.ascontiguousarray(samples)])

        try:
            yield encode
        finally:
            library.E_IF_exit(state)

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        decoder = av_packets.Decoder(_DECODER, self.sample_rate)

        def decode(frames: Frames, lost: Lost, last: bool) -> av_packets.Decoded:
            return decoder(without_lost(with_contents(frames, self._mode), lost, _SPEECH_LOST))

        yield decode


CODEC = AmrWb
