"""Containers made of chunks: WAV (RIFF, RIFX, RF64), W64, AIFF, CAF. Each chunk states its size.

    container  chunk's name, size     a size counts      chunks begin at    sound in
    RIFF       4 bytes, 32 bit        what follows it    even places        data
    RF64       as RIFF; 0xFFFFFFFF stands for the 64 bits that the chunk ds64 has (EBU Tech 3306)
    W64        16 bytes, 64 bit       the chunk's head   multiples of 8     data
    AIFF       4 bytes, 32 bit        what follows it    even places        SSND
    CAF        4 bytes, 64 bit        what follows it    any place          data

Whoever writes to a pipe, or is killed, leaves a size of 0, or one so large that no file has it
(0xFFFFFFFF, 0x7FFFF000, -1). Such a sound goes to the file's end, or to chunks that end there
exactly. libsndfile would take those for sound, and reads what is there of a file that is cut off.
"""

import struct
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

import numpy as np

from .sound import LENGTH_UNSTATED, Sound, Untrusted, check_rest

_FILES = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"riff", b"caff")  # what begins a file
_BLOCK = 1 << 20  # places that are looked at together
_HUGE = 0x7FFF0000  # bytes; a size beyond it that the file does not have was never meant


class Layout(NamedTuple):
    """How a container is made.

    Attributes:
        first: place of the first chunk.
        name: bytes of a chunk's name; the first four are letters.
        form: struct of its size, which follows.
        head_counts: does the size count name and size, too?
        aligned: chunks begin at multiples of this place.
        sound: name of the chunk that holds the samples.
        total: place and struct of the file's own size; none in CAF.
    """

    first: int
    name: int
    form: str
    head_counts: bool
    aligned: int
    sound: bytes
    total: tuple[int, str] | tuple[()]

    @property
    def head(self) -> int:
        """Bytes before a chunk's content."""
        return self.name + struct.calcsize(self.form)


class Chunk(NamedTuple):
    """One chunk: its name, where its content begins, the size of it that it states, and where."""

    name: bytes
    start: int
    size: int
    field: int
    form: str


RIFF = Layout(12, 4, "<I", False, 2, b"data", (4, "<I"))
RIFX = RIFF._replace(form=">I", total=(4, ">I"))
W64 = Layout(40, 16, "<Q", True, 8, b"data", (16, "<Q"))
AIFF = Layout(12, 4, ">I", False, 2, b"SSND", (4, ">I"))
CAF = Layout(8, 4, ">q", False, 1, b"data", ())


def layout_of(head: bytes) -> Layout | None:
    """The layout of a file that begins with these bytes; None if it has no chunks."""
    if head[8:12] == b"WAVE" and head[:4] in (b"RIFF", b"RF64", b"RIFX"):
        return RIFX if head[:4] == b"RIFX" else RIFF
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    if head[:4] == b"riff" and head[24:28] == b"wave":
        return W64
    return CAF if head[:4] == b"caff" else None


def examine(file: BinaryIO, size: int, layout: Layout) -> Sound:
    """The sound of a file of `size` bytes.

    Raises:
        Untrusted: no sound, less of it than promised, several sounds, or bytes that are no chunk.
    """
    found: dict[bytes, Chunk] = {}
    place = layout.first
    while chunk := _chunk(file, place, size, layout):
        if chunk.name == layout.sound:
            if layout.sound in found:
                raise Untrusted(f"has more than one chunk {layout.sound.decode()}")
            chunk = _wide(file, chunk, found.get(b"ds64"))
            if _unstated(chunk, size):
                return _to_its_end(file, size, chunk, layout)
            if chunk.start + chunk.size > size:
                raise Untrusted(
                    f"cut off: its sound should have {chunk.size} bytes, "
                    f"{size - chunk.start} are there"
                )
        elif chunk.name in _FILES:
            raise Untrusted("holds several files in a row: a second one begins within it")
        elif not 0 <= chunk.size <= size - chunk.start:
            break  # no chunk, or a torn one: judged by its length below
        found[chunk.name] = chunk
        place = chunk.start + chunk.size
        place += -place % layout.aligned
    if layout.sound not in found:
        raise Untrusted(f"holds no sound: it has no chunk {layout.sound.decode()}")
    file.seek(min(place, size))
    notices = check_rest(file.read(1 << 20), size - place)
    sound = found[layout.sound]
    parts: tuple[bytes, ...] = ()
    if layout is W64 and sound.start + sound.size < size:  # libsndfile reads to the file's end
        file.seek(0)
        parts = (file.read(sound.start + sound.size),)
    return Sound(parts, _stated_frames(file, found), notices)


def _chunk(file: BinaryIO, place: int, size: int, layout: Layout) -> Chunk | None:
    """The chunk at a place; None where the file ends, or where there is none."""
    file.seek(place)
    head = file.read(layout.head)
    if len(head) < layout.head or not head[:4].decode("latin-1").isprintable():
        return None
    (stated,) = struct.unpack(layout.form, head[layout.name :])
    counted = layout.head if layout.head_counts else 0
    name, start = head[:4], place + layout.head
    return Chunk(name, start, stated - counted, place + layout.name, layout.form)


def _wide(file: BinaryIO, chunk: Chunk, wide: Chunk | None) -> Chunk:
    """The sound of RF64, with the size that its ds64 has: 64 bits, after those of the file."""
    if wide is None or chunk.size != 0xFFFFFFFF:
        return chunk
    place = wide.start + 8
    return chunk._replace(size=_number(file, place, "<Q"), field=place, form="<Q")


def _unstated(sound: Chunk, size: int) -> bool:
    there = size - sound.start
    return there > 0 and (sound.size <= 0 or (sound.size > there and sound.size >= _HUGE))


def _stated_frames(file: BinaryIO, found: Mapping[bytes, Chunk]) -> int | None:
    """The samples of each channel that AIFF's chunk COMM states; packets, where they are packed."""
    common = found.get(b"COMM")
    if not common:
        return None
    file.seek(common.start + 18)
    packed = common.size >= 22 and file.read(4) in (b"ima4", b"GSM ", b"DWVW", b"ADP4")
    return None if packed else _number(file, common.start + 2, ">I")


def _number(file: BinaryIO, place: int, form: str) -> int:
    file.seek(place)
    content = file.read(struct.calcsize(form))
    if len(content) < struct.calcsize(form):
        raise Untrusted("cut off within its header")
    return int(struct.unpack(form, content)[0])


def _to_its_end(file: BinaryIO, size: int, sound: Chunk, layout: Layout) -> Sound:
    """A sound of unstated size, as a file that states it."""
    file.seek(0)
    found = file.read(size)
    end = len(found) - (128 if found[-128:-125] == b"TAG" else 0)  # ID3v1 is that long
    content = bytearray(found[: _begin_of_chunks(found, sound.start, end, layout)])
    counted = layout.head if layout.head_counts else 0
    _put(content, sound.field, sound.form, len(content) - sound.start + counted)
    if layout.total:
        _put(content, *layout.total, len(content) - (0 if layout.head_counts else 8))
    return Sound(parts=(bytes(content),), notices=(LENGTH_UNSTATED,))


def _put(content: bytearray, place: int, form: str, number: int) -> None:
    try:
        struct.pack_into(form, content, place, number)
    except struct.error as error:
        raise Untrusted("does not state its length, and is longer than its header can") from error


def _begin_of_chunks(content: bytes, start: int, end: int, layout: Layout) -> int:
    """Where the chunks begin that follow one another to the very end; the end if there are none.

    A place is taken for a chunk's if the size there leads to the end: among random bytes that is
    one in four thousand million.
    """
    step = layout.aligned
    start += -start % step
    kind = np.dtype(layout.form[0] + {"I": "u4", "Q": "u8", "q": "i8"}[layout.form[1]])
    while (count := (end - layout.head - start) // step + 1) > 0:
        sizes = np.ndarray((count,), kind, content, start + layout.name, (step,))
        for first in range(0, count, _BLOCK):
            places = start + step * np.arange(first, min(count, first + _BLOCK))
            ends = places + sizes[first : first + _BLOCK].astype(np.float64)
            ends += 0 if layout.head_counts else layout.head
            fits = places[ends + -ends % step == end]
            names = (content[place : place + 4].decode("latin-1") for place in fits)
            begins = [p for p, name in zip(fits, names, strict=True) if name.isprintable()]
            if begins:  # the first: what is in a chunk may end there, too
                end = int(begins[0])
                break
        else:
            break
    return end
