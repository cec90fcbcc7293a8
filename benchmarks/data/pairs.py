"""Pairs of recordings that exist already: a reference, and what became of it.

Two files are one pair. Two folders, or a test set and a folder, are paired by name: a degraded file
is called as its item (`items`), with any suffix of audio; folders within the folder count as "_".
A CSV pairs whatever it names:

    reference, degraded   paths, from the two folders where these are given, else from the CSV's
    id                    may be missing: the degraded file's path with "_" for "/", no suffix
    speaker, sex, text, language    the same: empty

A reference without a degraded file is a pair with a fault, and counts in every N.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ...codecs.audio.folders import is_unicode, nfc, on_disk, search, some
from ...codecs.audio.reading import AudioError, inspect
from ...codecs.base import TOLERANCE
from ..store.printable import file_fault
from .items import EMBEDDED, Item, ItemsError, open_items, read_items
from .languages import fault_of
from .manifest import Listing, other_columns
from .names import speaker_of

NEEDED = ("reference", "degraded")
_OPTIONAL = ("id", "speaker", "sex", "text", "language")
_KNOWN = (*NEEDED, *_OPTIONAL)


@dataclass(frozen=True)
class Pair:
    """A reference and what is held against it.

    Attributes:
        item: the reference.
        degraded: the file; None where there is none.
        fault: why the pair cannot be scored; "" if it can.
    """

    item: Item
    degraded: Path | None
    fault: str = ""


class Pairs(NamedTuple):
    """Pairs in the order of their references, and a line on each kind of file without one."""

    pairs: list[Pair]
    left_out: tuple[str, ...]


def pair_files(reference: Path, degraded: Path) -> Pairs:
    """Two files as one pair.

    Raises:
        ItemsError: one of them cannot be read.
    """
    (item,) = open_items([Listing(nfc(reference.stem), reference, speaker_of(reference))])
    try:
        inspect(degraded)
    except AudioError as error:
        raise ItemsError([str(error)]) from error
    return Pairs([_pair(item, [degraded], str(degraded))], ())


def pair_folders(reference: str, degraded: Path) -> Pairs:
    """The items of a test set and the files of a folder that are called as they are.

    Raises:
        ItemsError: no item, no folder, or no file that is called as an item.
    """
    items = [item.compared for item in read_items(reference, [degraded])]
    try:
        audio, left_out = search(on_disk(degraded))
    except OSError as error:
        raise ItemsError([file_fault(error)]) from error
    files: dict[str, list[Path]] = {}
    for name, path in audio:
        files.setdefault(name, []).append(path)
    wanted = {nfc(item.id) for item in items}
    strange = [str(path) for name, path in audio if not is_unicode(name)]
    other = [str(p[0]) for name, p in files.items() if is_unicode(name) and name not in wanted]
    if not wanted & files.keys():
        raise ItemsError(
            [
                f"no file in {degraded}{some([path.name for _, path in audio])} is called as an "
                f"item of {reference}{some(sorted(wanted))}; a CSV of pairs would match other names"
            ]
        )
    kinds = {"called as no reference": other, "whose names are not UTF-8": strange}
    lines = [f"left out: {len(p)} {kind}{some(p)}" for kind, p in kinds.items() if p]
    pairs = [_pair(item, files.get(nfc(item.id), []), f"{degraded}") for item in items]
    return Pairs(pairs, (*left_out, *lines))


def read_pairs(table: Path, folders: Sequence[Path]) -> Pairs:
    """The pairs that a CSV names.

    Args:
        table: the CSV.
        folders: of the references and of the degraded files; none: that of the CSV.

    Raises:
        ItemsError: it is no CSV of pairs, or names references that cannot be read: all of them.
    """
    rows = list(_rows(table))
    if not rows:
        raise ItemsError([f"{table}: names no pair"])
    of_reference, of_degraded = folders or (table.parent, table.parent)
    listings = [
        Listing(
            nfc(row.get("id") or "_".join(Path(row["degraded"]).with_suffix("").parts)),
            on_disk(of_reference / row["reference"]),
            row.get("speaker", ""),
            row.get("sex", ""),
            row.get("text", ""),
            where=where,
            language=row.get("language", ""),
            columns=other_columns(row, _KNOWN),
        )
        for where, row in rows
    ]
    items = open_items(listings)
    paths = [on_disk(of_degraded / row["degraded"]) for _, row in rows]
    return Pairs([_pair(i, [p], str(p)) for i, p in zip(items, paths, strict=True)], ())


def _pair(item: Item, found: Sequence[Path], place: str) -> Pair:
    """An item and the one file that is held against it, or what is wrong with what was found."""
    if not found:
        return Pair(item, None, f"no degraded file: {place} has none that is called {item.id}")
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        return Pair(item, None, f"{names} in {place} are called alike; one is allowed")
    try:
        seconds = inspect(found[0]).seconds
    except AudioError as error:
        return Pair(item, found[0], str(error))
    if abs(seconds - item.seconds) >= TOLERANCE:
        fault = (
            f"{found[0]} is {seconds:.3f} s long, its reference {item.seconds:.3f} s; "
            f"less than {1000 * TOLERANCE:.0f} ms may differ"
        )
        return Pair(item, found[0], fault)
    return Pair(item, found[0])


def _rows(table: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Lines of a CSV of pairs: where each stands, and its cells by column."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
                raise ItemsError(
                    [
                        f"{table}, line 1: lacks the columns {', '.join(missing)}; pairs have "
                        f"{', '.join(NEEDED)}, and may have {', '.join(_OPTIONAL)}"
                    ]
                )
            for row in reader:
                where = f"{table}, line {reader.line_num}: "
                if None in row or None in row.values():
                    raise ItemsError([f"{where}has another number of cells than the header"])
                if (code := row.get("language")) and (fault := fault_of(code)):
                    raise ItemsError([f"{where}{fault}"])
                if torn := [name for name, text in row.items() if "\0" in text]:
                    raise ItemsError([f"{where}{', '.join(torn)} has a character 0"])
                if empty := [name for name in NEEDED if not row[name]]:
                    raise ItemsError([f"{where}{', '.join(empty)} is empty"])
                yield where, row
    except OSError as error:
        raise ItemsError([f"{table}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ItemsError([f"{table}: is not UTF-8 text ({error.reason})"]) from error
    except csv.Error as error:
        raise ItemsError([f"{table}, line {reader.line_num}: {error}"]) from error


def is_test_set(source: str) -> bool:
    """Is this a folder, a manifest or an embedded set, and no recording?"""
    path = on_disk(Path(source).absolute())
    return source in EMBEDDED or path.is_dir() or path.suffix.lower() == ".csv"
