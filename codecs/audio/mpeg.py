"""MP3: a row of frames, and no header of the file. ISO/IEC 11172-3, 13818-3; MPEG-2.5.

The first frame may be silent and say in its place how many follow ("Xing", or "Info" where they
have one bitrate). Without it, libsndfile takes the number from the bitrate of the first frame:
wrong for variable bitrates, and by what tags take of the file. So the frames are counted, and such
a file is given to it with that first frame.
"""

import struct
from typing import NamedTuple

from .sound import Sound, Untrusted, is_no_sound

_KBPS = {  # of layer III, by index 1 to 14
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2, MPEG-2.5
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8000)}
_COUNTED = 1  # flag of "Xing": the number of frames follows
_CHECKED = 0x01  # bit of a frame's second byte: it has no checksum
_ROOMY = 9 << 4  # index of a bitrate whose frames have room for a count
_DELAY = 529  # samples, of the decoder


class Frame(NamedTuple):
    """A frame's head: its length in bytes, and where "Xing" would begin in it."""

    length: int
    xing: int


def is_mpeg(data: bytes) -> bool:
    """Does a file that begins with these bytes begin with a frame of MPEG audio?"""
    return len(data) > 3 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and bool(data[1] & 0x06)


def examine(data: bytes) -> Sound:
    """The sound of an MP3 file.

    Raises:
        Untrusted: cut off, damaged, of another layer, or two files in one.
    """
    begin = place = after_tags(data)
    places: list[tuple[int, Frame]] = []
    while place < len(data):
        if places and data[place] != 0xFF and is_no_sound(data, place):
            break
        frame = _frame(data, place)
        if place + frame.length > len(data):
            raise Untrusted(f"cut off within its frame {len(places)}")
        places.append((place, frame))
        place += frame.length
    if not places:
        raise Untrusted("holds no frame of MPEG audio")
    counts = [_count(data, start, frame) for start, frame in places]
    if any(count is not None for count in counts[1:]):
        raise Untrusted("holds several files in a row: a second one begins within it")
    if counts[0] is None:
        content = _first(data, begin, len(places)) + data[begin:place]
        return Sound(parts=(content,))
    following = len(places) - 1
    if counts[0] > following:
        raise Untrusted(f"cut off: it should have {counts[0]} frames, {following} are there")
    if counts[0] < following:
        raise Untrusted(f"should have {counts[0]} frames, but {following} are there")
    return Sound()


def after_tags(data: bytes) -> int:
    """Where the tags in front of a file (ID3v2) end."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + 10:
        size = 0
        for byte in data[place + 6 : place + 10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size + (10 if data[place + 5] & 0x10 else 0)
    return place


def _frame(data: bytes, place: int) -> Frame:
    head = data[place : place + 4]
    if len(head) < 4:
        raise Untrusted("cut off within a frame")
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padded = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if not is_mpeg(head) or version == 1 or bitrate in (0, 15) or rate == 3:
        raise Untrusted(f"damaged: no frame begins at byte {place}, where one should")
    if layer != 1:
        raise Untrusted(f"is MPEG audio of layer {'I' * (4 - layer)}, not III")
    newest = version == 3
    kbps, hertz = _KBPS[newest][bitrate - 1], _RATES[version][rate]
    mono = head[3] >> 6 == 3
    side = (17 if mono else 32) if newest else (9 if mono else 17)
    return Frame((144 if newest else 72) * kbps * 1000 // hertz + padded, 4 + side)


def _count(data: bytes, start: int, frame: Frame) -> int | None:
    """How many frames follow, if this one says so and holds nothing else."""
    place = start + frame.xing
    if data[place : place + 4] not in (b"Xing", b"Info"):
        return None
    flags, count = struct.unpack_from(">2I", data.ljust(place + 12, b"\0"), place + 4)
    return count if flags & _COUNTED else None


def _first(data: bytes, begin: int, count: int) -> bytes:
    """Two frames, of the rate and the channels of others: one that says how many follow, a silent
    one, and then those `count`.

    libmpg123 cuts its own delay of 529 samples from whatever states its length, and more if the
    first frame says so (as LAME's do): here the silent frame, so that nothing else is cut.
    """
    _, layer, rate, channels = data[begin : begin + 4]
    head = bytes((0xFF, layer | _CHECKED, _ROOMY | rate & 0x0C, channels))
    frame = _frame(head, 0)
    samples = 1152 if head[1] >> 3 & 3 == 3 else 576
    lame = b"LAME3.100".ljust(21, b"\0") + ((samples - _DELAY) << 12).to_bytes(3, "big")
    said = struct.pack(">4s2I", b"Info", _COUNTED, count + 1) + lame
    silent = head.ljust(frame.length, b"\0")
    return (head + bytes(frame.xing - 4) + said).ljust(frame.length, b"\0") + silent
