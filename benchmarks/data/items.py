"""Test sets: the items of a manifest, of a folder of recordings, or of the embedded demo set.

A folder that holds `manifest.csv` is read by it. Otherwise every WAV, FLAC, OGG, OPUS and MP3 file
below it is an item, in the order of the paths; its id is the relative path without its suffix, with
"_" between folders, and its speaker is what the path says where it is laid out as in LibriSpeech,
LibriTTS or VCTK.

An unknown speaker is "". Statistics treat such an item as a cluster of its own: one speaker for a
whole folder would be a guess, and so would one for each file.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from .audio import SUFFIXES, AudioError, inspect, read_audio
from .manifest import NAME, ItemsError, Listing, read_manifest
from .own_folders import OwnFolders

__all__ = ["AudioError", "Item", "ItemsError", "open_items", "read_audio", "read_items"]

EMBEDDED = {"demo": Path(__file__).parent / "demo"}

_LONGEST_ID = 128  # bytes; ids become names of files
_LAYOUTS = (  # of the end of a path: LibriSpeech and LibriTTS, VCTK
    r"(?P<speaker>\d+)/(?P<chapter>\d+)/(?P=speaker)(?P<mark>[-_])(?P=chapter)(?P=mark)[\d_]+\.\w+",
    r"(?P<speaker>[ps]\d+)/(?P=speaker)_\d+(_mic\d)?\.\w+",
)


@dataclass(frozen=True)
class Item:
    """One reference recording.

    Attributes:
        id: unique within the test set, and usable as a file's name.
        path: absolute path of the file.
        speaker: "" if unknown.
        sex: "F", "M", or "" if unknown.
        text: what is said; "" if unknown.
        seconds: duration.
        sample_rate: Hz, of the file.
        sha256: hexadecimal digest of the file's bytes.
    """

    id: str
    path: Path
    speaker: str
    sex: str
    text: str
    seconds: float
    sample_rate: int
    sha256: str


def read_items(source: str | Path, results: Sequence[Path] = ()) -> list[Item]:
    """The items of a manifest, a folder, or "demo" (the embedded set; a folder is `Path("demo")`,
    or "./demo").

    What nscbench made within a folder is left out (`own_folders`), with a notice.

    Args:
        source: of the items.
        results: further folders that are left out, since they are for results.

    Raises:
        ItemsError: nothing there, or lines and files that are wrong: all of them at once.
    """
    embedded = EMBEDDED.get(source) if isinstance(source, str) else None
    path = (embedded or Path(source)).absolute()
    if path.is_dir() and (path / NAME).is_file():
        path /= NAME
    if path.is_dir():
        listings = _scan(path, results)
    elif path.is_file() and path.suffix.lower() == ".csv":
        listings = read_manifest(path)
    else:
        fault = "is neither a folder nor a .csv manifest" if path.exists() else "does not exist"
        raise ItemsError(
            [f"{source} {fault}; items are a folder, a .csv manifest, or {', '.join(EMBEDDED)}"]
        )
    if not listings:
        raise ItemsError([f"{path} holds no items; recordings are {', '.join(SUFFIXES)}"])
    return open_items(listings)


def open_items(listings: Sequence[Listing]) -> list[Item]:
    """The items of these listings: every file is hashed, and its header read.

    Raises:
        ItemsError: duplicate or unusable ids, files that are missing, changed or not audio.
    """
    problems, items = list(_id_problems(listings)), []
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # hashing releases the GIL
        futures = [pool.submit(_open, listing) for listing in listings]
        for future in tqdm(futures, "hashing", disable=None, delay=2, leave=False):
            try:
                items.append(future.result())
            except ItemsError as error:
                problems += error.problems
    if problems:
        raise ItemsError(problems)
    return items


def speaker_of(path: Path) -> str:
    """The speaker that a path of LibriSpeech, LibriTTS or VCTK names; "" for any other."""
    end = "/".join(path.parts[-3:])
    for layout in _LAYOUTS:
        if match := re.search(rf"(^|/){layout}$", end):
            return match["speaker"]
    return ""


def _scan(folder: Path, results: Sequence[Path]) -> list[Listing]:
    faults: list[OSError] = []
    paths: list[Path] = []
    ours = OwnFolders(folder, results)
    for root, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = [name for name in folders if not ours(Path(root, name))]
        paths += [
            Path(root, name)
            for name in names
            if name.lower().endswith(SUFFIXES) and not name.startswith(".")  # macOS leaves ._x.wav
        ]
    for notice in ours.notices():
        print(f"note: {notice}", file=sys.stderr)
    if faults:
        raise ItemsError([f"{fault.filename}: {fault.strerror}" for fault in faults])
    return [
        Listing("_".join(path.relative_to(folder).with_suffix("").parts), path, speaker_of(path))
        for path in sorted(paths)
    ]


def _open(listing: Listing) -> Item:
    try:
        found = inspect(listing.path)
    except AudioError as error:
        raise ItemsError([f"{listing.where}{error}"]) from error
    if listing.sha256 and found.sha256 != listing.sha256:
        raise ItemsError(
            [
                f"{listing.where}{listing.path}: wrong content: its SHA-256 is {found.sha256}, "
                f"the manifest says {listing.sha256}"
            ]
        )
    return Item(*listing[:5], found.seconds, found.sample_rate, found.sha256)


def _id_problems(listings: Sequence[Listing]) -> Iterator[str]:
    first: dict[str, Listing] = {}
    for listing in listings:
        if not _is_file_name(listing.id):
            yield (
                f"{listing.where}the id {listing.id!r} cannot be a file's name; allowed are 1 to "
                f"{_LONGEST_ID} bytes of printable characters, no slash, no dot in front"
            )
        elif listing.id in first:
            yield (
                f"{listing.where}{listing.path} has the same id, {listing.id!r}, as "
                f"{first[listing.id].path}; ids must be unique"
            )
        first.setdefault(listing.id, listing)


def _is_file_name(text: str) -> bool:
    return (
        0 < len(text.encode()) <= _LONGEST_ID
        and text.isprintable()
        and not text.startswith(".")
        and not {"/", "\\"} & set(text)
    )
