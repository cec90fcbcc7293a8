"""Which container a file is, by its first bytes and never by its name."""

from typing import BinaryIO

from . import chunks, flac, headers, mpeg, ogg
from .sound import Sound, Untrusted

READ = "WAV, RF64, W64, AIFF, AU, CAF, SPHERE, FLAC, Ogg (Vorbis, Opus) and MP3"

_OTHERS = (  # place, bytes there, what such a file is
    (4, b"ftyp", "an MP4 file (M4A, AAC, ALAC)"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (0, b"0&\xb2u", "an ASF file (WMA)"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"#!SILK", "a SILK file"),
    (0, b"\x02#!SILK", "a SILK file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"FLV", "a Flash video"),
    (0, b"\xff\xf1", "an AAC stream (ADTS)"),
    (0, b"\xff\xf9", "an AAC stream (ADTS)"),
    (0, b"ADIF", "an AAC stream (ADIF)"),
    (0, b"Creative Voice File", "a VOC file"),
    (0, b"NSCB", "a bitstream of nscbench"),
    (0, b"version https://git-lfs", "a pointer of Git LFS, whose file `git lfs pull` fetches"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"<", "a page of HTML or XML"),
)


def examine(file: BinaryIO, size: int) -> Sound:
    """The sound of a file of `size` bytes, above 0.

    Raises:
        Untrusted: no container that is read here, or one that is not what it says.
    """
    head = _head(file, 0)
    if layout := chunks.layout_of(head):
        return chunks.examine(file, size, layout)
    if head.startswith((b".snd", b"dns.")):
        return headers.examine_au(file, size)
    if head.startswith(b"NIST_1A"):
        return headers.examine_nist(file, size)
    if head.startswith(b"OggS"):
        return ogg.examine(_head(file, 0, size))
    begin = 0
    if head.startswith(b"ID3"):
        begin = mpeg.after_tags(_head(file, 0, size))
        head = _head(file, begin)
    if head.startswith(b"fLaC"):
        return flac.examine(_head(file, begin, size))
    if mpeg.is_mpeg(head):
        return mpeg.examine(_head(file, 0, size))
    for place, magic, what in _OTHERS:
        if head[place:].startswith(magic):
            raise Untrusted(f"not audio that is read here: it is {what}; read are {READ}")
    raise Untrusted(f"not audio that is read here: {READ}")


def _head(file: BinaryIO, place: int, size: int = 64) -> bytes:
    file.seek(place)
    return file.read(size)
