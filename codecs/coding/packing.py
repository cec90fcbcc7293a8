"""Bits in bytes: fields of any width, one behind the other, with no padding between them.

Bit order: most significant bit first, as in RFC 4867 and every network format. The first field
starts at the most significant bit of the first byte; fields cross byte boundaries; up to seven
zero bits fill the last byte. A payload whose fill is not zero, or which has a byte too many, is
refused: one sequence of fields has exactly one payload.

    values   unsigned integers, `pack(values, bits)`: indices of a quantizer, 10 bits each
    frames   rows of ceil(bits / 8) bytes whose first `bits` bits count: speech frames as a codec's
             library returns them, each padded to whole bytes
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..bitstream import BitstreamError

MAX_BITS = 32  # of one value


def pack(values: ArrayLike, bits: int) -> bytes:
    """Unsigned integers [N] in `bits` bits each.

    Raises:
        ValueError: a value is negative, not an integer, or needs more bits.
    """
    array = np.asarray(values)
    if array.size == 0:
        return b""
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"pack takes integers [N], not {array.dtype} {list(array.shape)}")
    _check_width(bits)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= 1 << bits:
        raise ValueError(f"values {low}..{high} do not fit {bits} bits (0..{(1 << bits) - 1})")
    shifts = np.arange(bits - 1, -1, -1, dtype=np.uint64)
    planes = (array.astype(np.uint64)[:, None] >> shifts) & np.uint64(1)  # [N, bits]
    return np.packbits(planes.astype(np.uint8)).tobytes()


def unpack(data: bytes, bits: int, count: int) -> NDArray[np.int64]:
    """The `count` unsigned integers that `pack` wrote.

    Raises:
        BitstreamError: `data` is not exactly `count` values of `bits` bits.
    """
    _check_width(bits)
    weights = np.int64(1) << np.arange(bits - 1, -1, -1, dtype=np.int64)
    return _fields(data, bits, count).astype(np.int64) @ weights


def pack_frames(frames: NDArray[np.uint8], bits: int) -> bytes:
    """The first `bits` bits of every row of `frames` [N, ceil(bits / 8)]."""
    if frames.ndim != 2 or frames.shape[1] != -(-bits // 8):
        raise ValueError(
            f"frames of {bits} bits take rows of {-(-bits // 8)} bytes, not {list(frames.shape)}"
        )
    return np.packbits(np.unpackbits(frames, axis=1)[:, :bits]).tobytes()


def unpack_frames(data: bytes, bits: int) -> NDArray[np.uint8]:
    """Rows [N, ceil(bits / 8)] of the frames that `pack_frames` wrote, zero behind their bits.

    Raises:
        BitstreamError: `data` is not a whole number of frames of `bits` bits.
    """
    return np.packbits(_fields(data, bits, whole(data, bits)), axis=1)


def whole(data: bytes, bits: int) -> int:
    """How many fields of `bits` >= 8 bits the payload holds.

    Raises:
        BitstreamError: it is not a whole number of fields.
    """
    if bits < 8:
        raise ValueError(f"fields of {bits} bits cannot be counted: the last byte may hold two")
    count = 8 * len(data) // bits
    if len(data) != -(-count * bits // 8):
        raise BitstreamError(
            f"{len(data)} bytes are not a whole number of frames of {bits} bits: "
            f"{count} frames take {-(-count * bits // 8)} bytes"
        )
    return count


def _fields(data: bytes, bits: int, count: int) -> NDArray[np.uint8]:
    """Bits [count, bits] of a payload that holds exactly these, and zero fill."""
    if count < 0 or len(data) != -(-count * bits // 8):
        raise BitstreamError(
            f"{len(data)} bytes are not {count} fields of {bits} bits, "
            f"which take {-(-count * bits // 8)}"
        )
    plain = np.unpackbits(np.frombuffer(data, np.uint8))
    if plain[count * bits :].any():
        raise BitstreamError(f"the bits behind the {count} fields of {bits} bits are not zero")
    return plain[: count * bits].reshape(count, bits)


def _check_width(bits: int) -> None:
    if not 1 <= bits <= MAX_BITS:
        raise ValueError(f"values of {bits} bits; allowed are 1..{MAX_BITS}")
