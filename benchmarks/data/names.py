"""What the paths of recordings say of them: ids that are unique, and speakers."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

from ...codecs.audio.folders import nfc

_LAYOUTS = (  # of the end of a path: LibriSpeech and LibriTTS, VCTK
    r"(?P<speaker>\d+)/(?P<chapter>\d+)/(?P=speaker)(?P<mark>[-_])(?P=chapter)(?P=mark)[\d_]+\.\w+",
    r"(?P<speaker>[ps]\d+)/(?P=speaker)_\d+(_mic\d)?\.\w+",
)


def speaker_of(path: Path) -> str:
    """The speaker that a path of LibriSpeech, LibriTTS or VCTK names; "" for any other."""
    end = "/".join(path.parts[-3:])
    for layout in _LAYOUTS:
        if match := re.search(rf"(^|/){layout}$", end):
            return match["speaker"]
    return ""


def ids_of(paths: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """An id for each path, in Unicode's form NFC: the file's name without its suffix.

    Where several files have one name, or it is taken, the folders stand before it with "_" between
    them; where that is not enough, a number stands behind.

    Args:
        paths: with "/" between folders.
        taken: ids that others have.
    """
    short = [nfc(PurePath(path).stem) for path in paths]
    known = Counter([*short, *taken])
    found: list[str] = []
    used = set(taken)
    for path, name in zip(paths, short, strict=True):
        wanted = name if known[name] == 1 else _with_folders(path)
        unique, number = wanted, 1
        while unique in used:
            number += 1
            unique = f"{wanted}-{number}"
        used.add(unique)
        found.append(unique)
    return found


def _with_folders(path: str) -> str:
    parts = [part for part in PurePath(path).with_suffix("").parts if part.strip("./")]
    return nfc("_".join(parts))
