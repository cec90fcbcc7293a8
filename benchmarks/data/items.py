"""Test sets: the items of a manifest, of a folder of recordings, or of the embedded demo set.

A folder that holds `manifest.csv` is read by it. Otherwise every audio file below it is an item, in
the order of the paths; its id is the relative path without its suffix, with "_" between folders, in
Unicode's form NFC, and its speaker is what the path says where it is laid out as in LibriSpeech,
LibriTTS or VCTK. `passed_over` says what else lies there.

An unknown speaker is "". Statistics treat such an item as a cluster of its own: one speaker for a
whole folder would be a guess, and so would one for each file.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from ...codecs.audio.folders import (
    SUFFIXES,
    composition,
    escaped,
    is_unicode,
    nfc,
    on_disk,
    search,
)
from ...codecs.audio.reading import AudioError, inspect, read_audio
from ...metrics.machinery.names import nearest
from ..store.printable import file_fault
from .manifest import NAME, ItemsError, Listing, absent_columns, read_manifest
from .names import speaker_of
from .own_folders import OwnFolders
from .references import digest_of

__all__ = [
    "AudioError",
    "Item",
    "ItemsError",
    "open_items",
    "passed_over",
    "read_audio",
    "read_items",
]

EMBEDDED = {name: Path(__file__).parent / name for name in ("demo", "words")}

_LONGEST_ID = 128  # bytes; ids become names of files


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
        language: that is spoken (BCP 47); "" if unknown.
        columns: what else a manifest says of it, by column.
        reference: what the decoded item is compared with; None for itself.
        reference_sha256: of its file's bytes.
    """

    id: str
    path: Path
    speaker: str
    sex: str
    text: str
    seconds: float
    sample_rate: int
    sha256: str
    language: str = ""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    reference: Path | None = None
    reference_sha256: str = ""

    @property
    def compared(self) -> "Item":
        """The recording that it is compared with, under its own name."""
        if self.reference is None:
            return self
        return replace(self, path=self.reference, sha256=self.reference_sha256)


def read_items(
    source: str | Path, results: Sequence[Path] = (), *, decoded: bool = False
) -> list[Item]:
    """The items of a manifest, a folder, or an embedded set, "demo" or "words" (folders of these
    names are `Path("demo")`, or "./demo").

    What nscbench made within a folder is left out (`own_folders`), with a notice.

    Args:
        source: of the items.
        results: further folders that are left out, since they are for results.
        decoded: decode every file to its last sample, too.

    Raises:
        ItemsError: nothing there, or lines and files that are wrong: all of them at once.
    """
    allowed = f"items are a folder, a .csv manifest, or {', '.join(EMBEDDED)}"
    if source == "":  # which Path takes for the working directory
        raise ItemsError([f"no items are named; {allowed}"])
    path = _place(source)
    if path.is_dir():
        listings = _scan(path, results)
    elif path.is_file() and path.suffix.lower() == ".csv":
        # macOS names files otherwise than it is told to; only where there is no such file
        listings = [line._replace(path=on_disk(line.path)) for line in read_manifest(path)]
    else:
        fault = "is neither a folder nor a .csv manifest" if path.exists() else "does not exist"
        near = nearest(str(source), EMBEDDED)
        guess = f"did you mean {near}? " if near else ""
        raise ItemsError([f"{source} {fault}; {guess}{allowed}"])
    if not listings:
        rest = "".join(f"; {line}" for line in passed_over(source, results))
        raise ItemsError([f"{path} holds no items; recordings are {', '.join(SUFFIXES)}{rest}"])
    return open_items(listings, decoded=decoded)


def passed_over(source: str | Path, results: Sequence[Path] = ()) -> tuple[str, ...]:
    """A line on each kind of what lies in a folder of recordings and is none that is read; of a
    manifest, on what it does not say, and on names that only look like those of its files."""
    path = _place(source)
    if path.is_dir():
        return search(path, OwnFolders(path, results)).left_out
    given = [listing.path for listing in read_manifest(path)]
    alike = composition([str(path) for path in given if on_disk(path) != path])
    return (*absent_columns(path), *alike)


def open_items(listings: Sequence[Listing], *, decoded: bool = False) -> list[Item]:
    """The items of these listings: every file is hashed, and its header read, or all of it.

    Raises:
        ItemsError: duplicate or unusable ids, files that are missing, changed or not audio.
    """
    problems, items = list(_id_problems(listings)), []
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # hashing releases the GIL
        futures = [pool.submit(_open, listing, decoded) for listing in listings]
        doing = "decoding" if decoded else "hashing"
        for future in tqdm(futures, doing, disable=None, delay=2, leave=False):
            try:
                items.append(future.result())
            except ItemsError as error:
                problems += error.problems
    if problems:
        raise ItemsError(problems)
    return items


def _place(source: str | Path) -> Path:
    """The manifest or the folder that a source names."""
    embedded = EMBEDDED.get(source) if isinstance(source, str) else None
    path = on_disk((embedded or Path(source)).absolute())
    return path / NAME if (path / NAME).is_file() else path


def _scan(folder: Path, results: Sequence[Path]) -> list[Listing]:
    ours = OwnFolders(folder, results)
    try:
        found = search(folder, ours).audio
    except OSError as error:
        raise ItemsError([file_fault(error)]) from error
    for notice in ours.notices():
        print(f"note: {notice}", file=sys.stderr)
    return [Listing(name, path, speaker_of(path)) for name, path in found]


def _open(listing: Listing, decoded: bool) -> Item:
    try:
        found = inspect(listing.path)
        if decoded:
            read_audio(listing.path)
    except AudioError as error:
        raise ItemsError([f"{listing.where}{error}"]) from error
    if listing.sha256 and found.sha256 != listing.sha256:
        raise ItemsError(
            [
                f"{listing.where}{listing.path}: wrong content: its SHA-256 is {found.sha256}, "
                f"the manifest says {listing.sha256}"
            ]
        )
    item = Item(
        *listing[:5], found.seconds, found.sample_rate, found.sha256, listing.language,
        listing.columns,
    )  # fmt: skip
    if not listing.reference:
        return item
    reference = on_disk(listing.reference)
    digest = digest_of(listing, reference, item.seconds)
    return replace(item, reference=reference, reference_sha256=digest)


def _id_problems(listings: Sequence[Listing]) -> Iterator[str]:
    first: dict[str, Listing] = {}
    for listing in listings:
        if not is_unicode(str(listing.path)):
            yield (
                f"{listing.where}{escaped(str(listing.path))}: its name is not UTF-8; "
                "rename it, or name its recordings in a manifest"
            )
        elif not _is_file_name(listing.id):
            yield (
                f"{listing.where}{escaped(str(listing.path))}: its id {listing.id!r} cannot be a "
                f"file's name; allowed are 1 to {_LONGEST_ID} bytes of printable characters, no "
                "slash, no dot in front; a manifest gives other ids"
            )
        elif listing.id in first:
            other = first[listing.id].path
            yield (
                f"{listing.where}{listing.path} has the same id, {listing.id!r}, as {other}; "
                f"ids must be unique{_alike(listing.path, other)}"
            )
        first.setdefault(listing.id, listing)


def _alike(one: Path, other: Path) -> str:
    """What tells two paths apart that look alike."""
    if one == other or nfc(str(one)) != nfc(str(other)):
        return ""
    return f": only Unicode's form tells {one.name!a} and {other.name!a} apart"


def _is_file_name(text: str) -> bool:
    return (
        0 < len(text.encode()) <= _LONGEST_ID
        and text.isprintable()
        and not text.startswith(".")
        and not {"/", "\\"} & set(text)
    )
