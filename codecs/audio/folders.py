"""The audio below a folder, and a line on all that is no audio that is read here.

Names are compared in Unicode's form NFC: macOS hands out "ö" as two characters that look like one.
"""

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

SUFFIXES = (
    *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
    *(".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".sph", ".nist"),
)

_SHOWN = 3  # names that stand for all


class Found(NamedTuple):
    """A file: its path, and its id: the path below the folder with "_" for "/", no suffix, NFC."""

    id: str
    path: Path


class Folder(NamedTuple):
    """What lies below a folder: audio in the order of the paths, and a line on each kind of rest.

    The audio is any file of such a suffix, though it may turn out to be none.
    """

    audio: tuple[Found, ...]
    left_out: tuple[str, ...]


def search(folder: Path, skip: Callable[[Path], bool] = lambda _: False) -> Folder:
    """Search a folder deeply; folders that are links are followed, each folder once.

    Args:
        folder: to be searched.
        skip: is this folder below it to be passed by without a line?

    Raises:
        OSError: a folder cannot be read.
    """
    audio: list[Path] = []
    rest: dict[str, list[str]] = {}

    def leave_out(path: Path, kind: str) -> None:
        rest.setdefault(kind, []).append(str(path.relative_to(folder)))

    for path in _files(folder, leave_out, skip):
        if not path.name.lower().endswith(SUFFIXES):
            leave_out(path, path.suffix.lower() or "without suffix")
        elif path.name.startswith("."):  # macOS leaves ._x.wav
            leave_out(path, "hidden")
        else:
            audio.append(path)
    found = tuple(Found(_id(path.relative_to(folder)), path) for path in sorted(audio))
    composed = [str(path.relative_to(folder)) for _, path in found if nfc(str(path)) != str(path)]
    lines = [f"left out: {len(names)} {kind}{some(names)}" for kind, names in sorted(rest.items())]
    lines += composition(composed)
    return Folder(found, tuple(lines))


def nfc(text: str) -> str:
    """A name in the form in which names are compared."""
    return unicodedata.normalize("NFC", text)


def on_disk(path: Path) -> Path:
    """A path, or the one whose names are the same in NFC where only that exists."""
    if os.path.lexists(path) or path.parent == path:
        return path
    parent = on_disk(path.parent)
    try:
        alike = [name for name in os.listdir(parent) if nfc(name) == nfc(path.name)]
    except (OSError, ValueError):  # a name that no file can have: whoever opens it is told
        return path
    return parent / alike[0] if alike else path


def is_unicode(name: str) -> bool:
    """Is a name of a file text? On Linux it may be any bytes, and Python has stand-ins for them."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def escaped(name: str) -> str:
    """A name as it can be printed anywhere: bytes that are no UTF-8, and control characters, as
    `\\xe9`."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def composition(names: Sequence[str]) -> list[str]:
    """A line on names that were matched in NFC, if there are any."""
    return [f"{len(names)} names were matched in Unicode's form NFC{some(names)}"] if names else []


def some(names: Sequence[str]) -> str:
    """The first of these names, to follow how many they are; nothing of none."""
    if not names:
        return ""
    more = ", ..." if len(names) > _SHOWN else ""
    return f" ({', '.join(escaped(name) for name in sorted(names)[:_SHOWN])}{more})"


def _files(
    folder: Path, leave_out: Callable[[Path, str], None], skip: Callable[[Path], bool]
) -> Iterator[Path]:
    """Every file below a folder but those in hidden folders."""
    root = folder.resolve()
    entered = {root}
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            paths = sorted(Path(entry.path) for entry in entries)
        for path in paths:
            if not path.is_dir():
                yield path
                continue
            if skip(path):
                continue
            target = path.resolve()
            if path.name.startswith("."):
                leave_out(path, "hidden folders")
            elif target in entered or (path.is_symlink() and target.is_relative_to(root)):
                leave_out(path, "links to folders that are read already")
            else:
                entered.add(target)
                waiting.append(path)


def _id(path: Path) -> str:
    return nfc("_".join(path.with_suffix("").parts))
