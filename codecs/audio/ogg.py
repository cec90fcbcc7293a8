"""Ogg (RFC 3533): pages with sequence numbers and checksums, streams that begin and end.

libsndfile decodes what is there of a file that is cut off, passes over damaged pages, and reads the
first of several streams in a row. So every page is looked at, and each stream given to it alone.
"""

import struct
import zlib
from itertools import pairwise
from typing import NamedTuple

from .sound import Sound, Untrusted, is_no_sound

_HEAD = struct.Struct("<4sBBQIIIB")
_BEGINS, _ENDS = 2, 4  # flags of a page
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Page(NamedTuple):
    """One page: where it lies, its flags, whose it is and which."""

    start: int
    end: int
    flags: int
    serial: int
    number: int


def examine(data: bytes) -> Sound:
    """The sound of an Ogg file: of each of the streams in a row.

    Raises:
        Untrusted: cut off, damaged, or several streams at once.
    """
    links: list[list[Page]] = []
    place = 0
    while place < len(data):
        if links and not data.startswith(b"OggS", place) and is_no_sound(data, place):
            break
        page = _page(data, place)
        if page.flags & _BEGINS and (not links or not links[-1][-1].flags & _BEGINS):
            links.append([])
        if not links:
            raise Untrusted("does not begin where its stream does: its first part is missing")
        links[-1].append(page)
        place = page.end
    for pages in links:
        _check(pages)
    if len(links) == 1:
        return Sound()
    parts = tuple(data[pages[0].start : pages[-1].end] for pages in links)
    return Sound(parts, notices=(f"{len(links)} streams in a row: read one after the other",))


def _page(data: bytes, place: int) -> Page:
    if len(data) - place < _HEAD.size:
        raise Untrusted("cut off within a page")
    magic, _, flags, _, serial, number, checksum, segments = _HEAD.unpack_from(data, place)
    if magic != b"OggS":
        raise Untrusted(f"damaged: no page begins at byte {place}, where one should")
    start = place + _HEAD.size + segments
    end = start + sum(data[place + _HEAD.size : start])
    if end > len(data):
        raise Untrusted("cut off within a page")
    if _checksum(data[place : place + 22] + bytes(4) + data[place + 26 : end]) != checksum:
        raise Untrusted(f"damaged: the page at byte {place} has another checksum than it states")
    return Page(place, end, flags, serial, number)


def _check(pages: list[Page]) -> None:
    """One stream, from its beginning to its end."""
    if len({page.serial for page in pages}) > 1:
        raise Untrusted("holds several streams at once; a recording has one")
    for before, page in pairwise(pages):
        if page.number != before.number + 1:
            raise Untrusted(f"damaged: pages are missing before byte {page.start}")
    if not pages[-1].flags & _ENDS:
        raise Untrusted("cut off: its stream has no end")


def _checksum(page: bytes) -> int:
    """CRC-32 as of RFC 3533, which takes the bits of a byte the other way round than zlib."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
