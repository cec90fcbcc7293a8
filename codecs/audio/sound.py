"""What a container's structure says of its sound: how much of it libsndfile may believe."""

from typing import NamedTuple

LENGTH_UNSTATED = "its header does not state its length: read to its end"
STRAY = 4096  # bytes behind the sound that may be anything: more of them would be sound
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")  # what players append to any file


class Untrusted(ValueError):
    """A container is not what it says: cut off, damaged, several files in one. Without the path."""


class Sound(NamedTuple):
    """What is to be decoded of a file.

    Attributes:
        parts: files for libsndfile, whose sounds follow one another; none: the file as it is.
        frames: samples of each channel that the header promises; None where libsndfile knows.
        notices: what the reader of the recording should know.
    """

    parts: tuple[bytes, ...] = ()
    frames: int | None = None
    notices: tuple[str, ...] = ()


def is_no_sound(data: bytes, place: int = 0) -> bool:
    """Is what a file ends with, from a place on, nothing but zeros, or a tag?"""
    return data.startswith(_TAGS, place) or not data[place:].strip(b"\0")


def check_rest(rest: bytes, size: int) -> tuple[str, ...]:
    """Notices on the `size` bytes behind a sound, of which `rest` are the first.

    Raises:
        Untrusted: so many of them that the header has left out sound, or another file.
    """
    if is_no_sound(rest):
        return ()
    if size > STRAY:
        raise Untrusted(
            f"{size} bytes follow its sound, of which its header says nothing: its length is "
            "wrong, or another file was appended"
        )
    return (f"{size} bytes after its end are left out",) if size > 1 else ()
