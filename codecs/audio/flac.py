"""FLAC (RFC 9639): the length that its header states, and the one that its last frame tells.

Every frame says which it is. libsndfile believes the header: of two files in one it reads the
first, of a header that states half it reads half.
"""

import struct
from collections.abc import Iterator

from .sound import LENGTH_UNSTATED, Sound, Untrusted

_TAIL = 1 << 20  # bytes, more than a frame of speech has
_STARTS = b"fLaC\0\0\0\x22", b"fLaC\x80\0\0\x22"  # magic, and the head of STREAMINFO
_COUNT = (1 << 36) - 1  # the lower 36 of STREAMINFO's 64 bits from byte 18 on are the samples
_SIZES = {1: 192, **{n: 576 << n - 2 for n in range(2, 6)}, **{n: 1 << n for n in range(8, 16)}}


def examine(data: bytes) -> Sound:
    """The sound of a file without the tags in front of it.

    Raises:
        Untrusted: the header states another length than there is, or none and no frame tells it.
    """
    head = data[:42]
    if len(head) < 42 or head[4] & 0x7F:
        raise Untrusted("cut off within its header")
    if any(data.find(start, 4) > 0 for start in _STARTS):
        raise Untrusted("holds several files in a row: a second one begins within it")
    (block,) = struct.unpack_from(">H", head, 8)
    (packed,) = struct.unpack_from(">Q", head, 18)
    stated = packed & _COUNT
    first = _first_frame(data)
    if len(data) < first + 4:
        raise Untrusted("cut off: holds no frame")
    told = list(_ends(data[max(first, len(data) - _TAIL) :], data[first : first + 4], block))
    if stated in told or (stated and not told):
        return Sound(frames=stated)
    if not told:
        raise Untrusted("its header does not state its length, nor does its last frame")
    if stated:
        fault = "cut off" if told[-1] < stated else "not what it says"
        raise Untrusted(
            f"{fault}: its header states {stated} samples, its last frame ends at {told[-1]}"
        )
    content = bytearray(data)
    struct.pack_into(">Q", content, 18, packed | told[-1])
    return Sound((bytes(content),), told[-1], (LENGTH_UNSTATED,))


def _first_frame(data: bytes) -> int:
    """Where the blocks of metadata end."""
    place = 4
    while len(data) >= place + 4:
        last, size = data[place] & 0x80, int.from_bytes(data[place + 1 : place + 4], "big")
        place += 4 + size
        if last:
            return place
    raise Untrusted("cut off within its header")


def _ends(tail: bytes, kind: bytes, block: int) -> Iterator[int]:
    """The samples up to the end of each frame of a file's last bytes.

    Args:
        tail: these bytes.
        kind: the head of the first frame: rate, bits and the way of counting are those of all.
        block: samples of a frame, where frames are counted and not samples.
    """
    place = -1
    while (place := tail.find(kind[:2], place + 1)) >= 0:
        head = tail[place : place + 16]
        if len(head) < 6 or (head[2] ^ kind[2]) & 0x0F or (head[3] ^ kind[3]) & 0x0F:
            continue
        number, after = _number(head)
        samples, after = _samples(head, after)
        after += {12: 1, 13: 2, 14: 2}.get(head[2] & 0x0F, 0)
        if samples and after < len(head) and _crc8(head[:after]) == head[after]:
            yield (number if kind[1] & 1 else number * block) + samples


def _number(head: bytes) -> tuple[int, int]:
    """The coded number of a frame, which is made as UTF-8 is, and where it ends."""
    ones = f"{head[4]:08b}".find("0") % 9  # -1 for eight of them: no such number
    count = max(1, ones)
    number = head[4] & (0x7F if ones == 0 else 0x7F >> ones)
    for byte in head[5 : 4 + count]:
        number = number << 6 | byte & 0x3F
    return number, 4 + count


def _samples(head: bytes, after: int) -> tuple[int, int]:
    """The samples of a frame, and where what states them ends; 0 for a head that is none."""
    code = head[2] >> 4
    if code in (6, 7):
        width = code - 5
        return int.from_bytes(head[after : after + width], "big") + 1, after + width
    return _SIZES.get(code, 0), after


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x107 if value & 0x80 else 0)) & 0xFF
    return value
