"""libopus by its own interface, for what FFmpeg's cannot ask of it: a bandwidth that is forced.

The library is the one inside PyAV's wheel, or the system's.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import CodecError
from ..bitstream import BitstreamError
from ..coding.framed import Lost, Samples
from . import native

RATE = 16_000  # Hz
FRAME = 320  # samples of a packet: 20 ms
LARGEST = 255  # bytes of a packet: more than any rate here makes of 20 ms
_LONGEST = 1920  # samples that one packet may decode to: 120 ms
_VOIP = 2048
# opus_defines.h
_SET_BITRATE, _SET_VBR, _SET_BANDWIDTH, _SET_COMPLEXITY = 4002, 4006, 4008, 4010
_WIDEBAND = 1103


@contextmanager
def wideband_encoder(bit_rate: int, variable: bool) -> Iterator[Callable[[Samples], bytes]]:
    """A new encoder, forced to wide band: from 320 samples at 16 kHz to a packet.

    Args:
        bit_rate: bit/s.
        variable: VBR, libopus's constrained one; else every packet has the same size.

    Raises:
        CodecError: libopus refuses.
    """
    library = _library()
    settings = {
        _SET_BITRATE: bit_rate,
        _SET_VBR: int(variable),
        _SET_BANDWIDTH: _WIDEBAND,
        _SET_COMPLEXITY: 10,
    }
    status = ctypes.c_int()
    state = ctypes.c_void_p(library.opus_encoder_create(RATE, 1, _VOIP, ctypes.byref(status)))
    _check(library, status.value)
    packet = ctypes.create_string_buffer(LARGEST)

    def encode(frame: Samples) -> bytes:
        pcm = ctypes.c_void_p(np.ascontiguousarray(frame).ctypes.data)
        size = _check(library, library.opus_encode(state, pcm, FRAME, packet, LARGEST))
        return packet.raw[:size]

    try:
        for request, value in settings.items():
            _check(library, library.opus_encoder_ctl(state, request, ctypes.c_int(value)))
        yield encode
    finally:
        library.opus_encoder_destroy(state)


def encode_wideband(samples: Samples, bit_rate: int, variable: bool) -> list[bytes]:
    """Packets of frames [N, 320] of 16 bit at 16 kHz, by a new encoder: see `wideband_encoder`."""
    with wideband_encoder(bit_rate, variable) as encode:
        return [encode(frame) for frame in samples]


@contextmanager
def decoder() -> Iterator[Callable[[Sequence[bytes], Lost], NDArray[np.float32]]]:
    """A new decoder: from packets, those `lost` [N] concealed, to samples [N * 320] at 16 kHz.

    Raises:
        BitstreamError: when it is used: libopus refuses a packet, or it does not hold 20 ms.
    """
    library = _library()
    status = ctypes.c_int()
    state = ctypes.c_void_p(library.opus_decoder_create(RATE, 1, ctypes.byref(status)))
    _check(library, status.value)

    def decode(packets: Sequence[bytes], lost: Lost) -> NDArray[np.float32]:
        signal = np.zeros(len(packets) * FRAME + _LONGEST, np.float32)
        for index, (packet, gone) in enumerate(zip(packets, lost, strict=True)):
            made = library.opus_decode_float(
                state,
                None if gone else packet,
                0 if gone else len(packet),
                ctypes.c_void_p(signal[index * FRAME :].ctypes.data),
                FRAME if gone else _LONGEST,
                0,
            )
            if made != FRAME:
                reason = _reason(library, made) if made < 0 else f"{made} samples, not {FRAME}"
                raise BitstreamError(f"libopus refuses packet {index}: {reason}")
        return signal[: len(packets) * FRAME]

    try:
        yield decode
    finally:
        library.opus_decoder_destroy(state)


def decode(packets: Sequence[bytes], lost: Lost) -> NDArray[np.float32]:
    """The signal [N * 320] of packets by a new decoder: see `decoder`."""
    with decoder() as decode_next:
        return decode_next(packets, lost)


def version() -> str:
    """Such as "libopus 1.6.1".

    Raises:
        CodecError: there is no libopus here.
    """
    return str(_library().opus_get_version_string().decode())


def missing() -> str:
    """Why there is no libopus here, and how to get one; "" if there is."""
    return "" if _file() else "libopus is missing: pip install 'nscbench[conventional]'"


@lru_cache(maxsize=1)
def _file() -> str:
    """What to load it by; "" if it is not here."""
    try:
        installed = files("av") or ()
    except PackageNotFoundError:
        installed = ()
    for file in installed:
        if file.name.startswith("libopus") and (".so" in file.name or ".dylib" in file.name):
            path = Path(str(file.locate()))
            if path.is_file():
                return str(path)
    return native.find("opus", 0)


@lru_cache(maxsize=1)
def _library() -> Any:
    if not _file():
        raise CodecError(missing())
    library = ctypes.CDLL(_file())
    for function in ("opus_encoder_create", "opus_decoder_create"):
        getattr(library, function).restype = ctypes.c_void_p
    for function in ("opus_strerror", "opus_get_version_string"):
        getattr(library, function).restype = ctypes.c_char_p
    # The third argument is a variable one, which some machines pass in another way.
    library.opus_encoder_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int]
    return library


def _check(library: Any, status: int) -> int:
    if status < 0:
        raise CodecError(f"libopus: {_reason(library, status)}")
    return status


def _reason(library: Any, status: int) -> str:
    return str(library.opus_strerror(status).decode())
