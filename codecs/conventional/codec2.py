"""Codec 2 (D. Rowe): parametric speech at 8 kHz, 0.7 (mode 700C) to 3.2 kbps.

The payload is the bits of the frames; the library's own bytes would overstate 700C by 14 % and 1300
by 8 %. libcodec2 is the one inside pycodec2's wheel. It draws the phases of unvoiced speech from a
generator that it shares among all decoders of a process and that cannot be seeded, so every call
works on a copy of the library in its first state: a decoded signal is the one of a new process
(c2dec), whatever was decoded before.

The decoded waveform does not match the input, its envelope does: the delay is that of the envelope,
160 samples from the middle of the pitch window to the newest sample, and in 700C another 10 ms,
by which its interpolation between frames is late.
"""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingCodec
from . import native

_MODES = {0.7: 8, 1.2: 5, 1.3: 4, 1.4: 3, 1.6: 2, 2.4: 1, 3.2: 0}  # of codec2.h, by kbit/s


@dataclass(frozen=True)
class Codec2(StreamingCodec):
    """libcodec2."""

    name: ClassVar[str] = "codec2"
    paper: ClassVar[str] = "D. Rowe, Codec 2"
    licence: ClassVar[str] = "LGPL-2.1"
    rates: ClassVar[Mapping[float, int]] = {
        0.7: 28,
        1.2: 48,
        1.3: 52,
        1.4: 56,
        1.6: 64,
        2.4: 48,
        3.2: 64,
    }
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 3.2

    @property
    def sample_rate(self) -> int:
        return 8_000

    @property
    def frame(self) -> int:
        return 160 if self.kbps >= 2.4 else 320

    @property
    def delay(self) -> int:
        return 240 if self.kbps == 0.7 else 160

    @property
    def backend(self) -> str:
        return f"{_file().name} (pycodec2 {version('pycodec2')})"

    @classmethod
    def unavailable(cls) -> str:
        try:
            _file()
        except (PackageNotFoundError, FileNotFoundError):
            return "the wheel of pycodec2, with libcodec2 inside, is missing: pip install pycodec2"
        return ""

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        with self._state() as (library, state):

            def encode(samples: Samples, last: bool) -> Frames:
                encoded = np.zeros((len(samples), -(-self.frame_bits // 8)), np.uint8)
                for frame, packet in zip(np.ascontiguousarray(samples), encoded, strict=True):
                    library.codec2_encode(state, _address(packet), _address(frame))
                return encoded

            yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        with self._state() as (library, state):

            def decode(frames: Frames, lost: Lost, last: bool) -> Samples:
                decoded = np.zeros((len(frames), self.frame), np.int16)
                for packet, frame in zip(np.ascontiguousarray(frames), decoded, strict=True):
                    library.codec2_decode(state, _address(frame), _address(packet))
                return decoded.reshape(-1)

            yield decode

    @contextmanager
    def _state(self) -> Iterator[tuple[ctypes.CDLL, ctypes.c_void_p]]:
        """A library in its first state and a coder of this mode."""
        with native.private_copy(_file()) as library:
            library.codec2_create.restype = ctypes.c_void_p
            state = ctypes.c_void_p(library.codec2_create(_MODES[self.kbps]))
            yield library, state
            library.codec2_destroy(state)


def _address(array: Frames | Samples) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _file() -> Path:
    """The wheel's libcodec2.

    Raises:
        PackageNotFoundError: pycodec2 is not installed.
        FileNotFoundError: it is not a wheel that brings the library.
    """
    for file in files("pycodec2") or ():
        if file.name.startswith("libcodec2") and (".so" in file.name or ".dylib" in file.name):
            return Path(str(file.locate()))
    raise FileNotFoundError("pycodec2 has no libcodec2 beside it")


CODEC = Codec2
