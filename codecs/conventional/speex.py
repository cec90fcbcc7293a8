"""Speex wide band: 20 ms frames at 16 kHz, the eleven constant-rate qualities, complexity 10.

libspeex comes from the system. A frame's bits include the few that name its sub-modes, as every
Speex packet does, and no more; `kbps` is 50 frames/s of them. The delay is the look-ahead of the
sub-band coder and the two QMF filters.
"""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..bitstream import BitstreamError
from ..coding.framed import ConcealingCodec, Frames, Lost, Samples, points
from . import native

_WIDEBAND = 1  # SPEEX_MODEID_WB
_SET_QUALITY, _SET_COMPLEXITY, _VERSION = 4, 16, 9  # requests of speex.h
_COMPLEXITY = 10


class _Bits(ctypes.Structure):
    """SpeexBits of speex_bits.h."""

    _fields_: ClassVar = [
        ("chars", ctypes.c_void_p),
        ("bits", ctypes.c_int),
        ("char_index", ctypes.c_int),
        ("bit_index", ctypes.c_int),
        ("owner", ctypes.c_int),
        ("overflow", ctypes.c_int),
        ("size", ctypes.c_int),
        ("reserved1", ctypes.c_int),
        ("reserved2", ctypes.c_void_p),
    ]


@dataclass(frozen=True)
class Speex(ConcealingCodec):
    """libspeex, wide band, constant bitrate."""

    name: ClassVar[str] = "speex"
    paper: ClassVar[str] = "J.-M. Valin, Speex"
    licence: ClassVar[str] = "BSD-3-Clause"
    rates: ClassVar[Mapping[float, int]] = {
        3.95: 79,
        5.75: 115,
        7.75: 155,
        9.8: 196,
        12.8: 256,
        16.8: 336,
        20.6: 412,
        23.8: 476,
        27.8: 556,
        34.2: 684,
        42.2: 844,
    }
    frame: ClassVar[int] = 320
    delay: ClassVar[int] = 223
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 16.8

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def backend(self) -> str:
        version = ctypes.c_char_p()
        _library().speex_lib_ctl(_VERSION, ctypes.byref(version))
        return f"libspeex {(version.value or b'').decode()}"

    @classmethod
    def unavailable(cls) -> str:
        if native.find("speex", 1):
            return ""
        return (
            "libspeex is missing: apt-get install libspeex1 (Debian, Ubuntu) "
            "or brew install speex (macOS)"
        )

    def encode_frames(self, samples: Samples) -> Frames:
        library, bits = _library(), _Bits()
        state = ctypes.c_void_p(library.speex_encoder_init(library.speex_lib_get_mode(_WIDEBAND)))
        for request, value in (
            (_SET_QUALITY, list(self.rates).index(self.kbps)),
            (_SET_COMPLEXITY, _COMPLEXITY),
        ):
            library.speex_encoder_ctl(state, request, ctypes.byref(ctypes.c_int(value)))
        library.speex_bits_init(ctypes.byref(bits))
        size = -(-self.frame_bits // 8)
        packet = ctypes.create_string_buffer(size)
        packets = []
        for frame in samples.copy():  # the library filters its input in place
            library.speex_bits_reset(ctypes.byref(bits))
            library.speex_encode_int(state, ctypes.c_void_p(frame.ctypes.data), ctypes.byref(bits))
            library.speex_bits_write(ctypes.byref(bits), packet, size)
            packets.append(packet.raw)
        library.speex_bits_destroy(ctypes.byref(bits))
        library.speex_encoder_destroy(state)
        return np.frombuffer(b"".join(packets), np.uint8).reshape(-1, size)

    def conceal_frames(self, frames: Frames, lost: Lost) -> Samples:
        library, bits = _library(), _Bits()
        state = ctypes.c_void_p(library.speex_decoder_init(library.speex_lib_get_mode(_WIDEBAND)))
        library.speex_bits_init(ctypes.byref(bits))
        samples = np.zeros((len(frames), self.frame), np.int16)
        fill = 8 * frames.shape[1] - self.frame_bits
        try:
            for index, frame in enumerate(frames):
                target = ctypes.c_void_p(samples[index].ctypes.data)
                if lost[index]:
                    library.speex_decode_int(state, None, target)  # no bits: it conceals
                    continue
                packet = frame.tobytes()
                library.speex_bits_read_from(ctypes.byref(bits), packet, len(packet))
                status = library.speex_decode_int(state, ctypes.byref(bits), target)
                if status or library.speex_bits_remaining(ctypes.byref(bits)) != fill:
                    raise BitstreamError(
                        f"not a payload of {self.condition}: libspeex refuses frame {index}"
                    )
        finally:
            library.speex_bits_destroy(ctypes.byref(bits))
            library.speex_decoder_destroy(state)
        return samples.reshape(-1)


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(native.find("speex", 1))
    library.speex_lib_get_mode.restype = ctypes.c_void_p
    for function in (library.speex_encoder_init, library.speex_decoder_init):
        function.argtypes = [ctypes.c_void_p]
        function.restype = ctypes.c_void_p
    return library


CODEC = Speex
