"""The manifest of a test set: one line for each item.

UTF-8 CSV with a header. Columns: path (relative to the manifest), and, if they are known, id (taken
in Unicode's form NFC), speaker, sex ("F", "M" or empty), text, sha256 (of the file's bytes),
language (`languages`). Other columns are kept: results can be split by each. The order of the lines
is kept. What is unknown is empty, or has no column: an id is then made of the path, a speaker is
what the path says where it is laid out as a corpus.

Where items are noisy and codecs are to be held against clean speech, the column reference has the
path of the clean recording (relative to the manifest), of equal length, and reference_sha256 its
digest.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ...codecs.audio.folders import nfc
from ...metrics.machinery.names import nearest
from ..store.atomic import write_atomically
from ..store.printable import printable
from .languages import fault_of
from .names import ids_of, speaker_of

NAME = "manifest.csv"
COLUMNS = ("id", "path", "speaker", "sex", "text", "sha256")
CLEAN = ("reference", "reference_sha256")  # columns of the recording behind a noisy item

_NEEDED = "path"
_ALIKE = ("file", "filename", "file_name", "wav", "audio")  # what others call it
_MISSING = {  # what it means that a manifest has no such column, where that should be known
    "id": "ids are made of the files' names",
    "sha256": "checksums are made now and kept in the run",
}
_SEXES = ("F", "M", "")
_MEASURED = ("seconds", "sample_rate")  # of the file itself, whatever a manifest says


class ItemsError(ValueError):
    """A test set cannot be used. `problems` lists every fault; the message is the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        problems = [printable(problem) for problem in problems]  # paths are other people's
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = tuple(problems)


class Listing(NamedTuple):
    """What is said of an item before its file is opened; `sha256` is "" if nothing."""

    id: str
    path: Path
    speaker: str = ""
    sex: str = ""
    text: str = ""
    sha256: str = ""
    where: str = ""  # the line that says so, to begin messages with
    language: str = ""
    columns: Mapping[str, str] = {}  # all others
    reference: Path | None = None  # clean, that what is decoded is compared with
    reference_sha256: str = ""


def read_manifest(manifest: Path) -> list[Listing]:
    """The lines of a manifest; the files they name are not looked at.

    Raises:
        ItemsError: unreadable, not CSV, columns missing, or wrong cells: every one with its line.
    """
    with _opened(manifest) as reader:
        _check_header(manifest, reader.fieldnames or ())
        rows = [(f"{manifest}, line {reader.line_num}: ", row) for row in reader]
    if problems := [where + fault for where, row in rows for fault in _faults(row)]:
        raise ItemsError(problems)
    return list(_listings(manifest, rows))


def absent_columns(manifest: Path) -> Iterator[str]:
    """A line on the columns that a manifest lacks, and what stands for them; none for a whole one.

    Raises:
        ItemsError: it cannot be read.
    """
    with _opened(manifest) as reader:
        absent = [column for column in _MISSING if column not in (reader.fieldnames or ())]
    if absent:
        stead = ", ".join(_MISSING[column] for column in absent)
        yield f"has no column {', '.join(absent)}: {stead}"


def _listings(manifest: Path, rows: Sequence[tuple[str, dict[str, str]]]) -> Iterator[Listing]:
    nameless = [row["path"] for _, row in rows if not row.get("id")]
    made = iter(ids_of(nameless, [nfc(row["id"]) for _, row in rows if row.get("id")]))
    for where, row in rows:
        path = manifest.parent / row["path"]
        yield Listing(
            nfc(row["id"]) if row.get("id") else next(made),
            path,
            row["speaker"] if "speaker" in row else speaker_of(path),
            row.get("sex", ""),
            row.get("text", ""),
            row.get("sha256", "").lower(),
            where,
            row.get("language", ""),
            other_columns(row, (*COLUMNS, *CLEAN)),
            manifest.parent / row["reference"] if row.get("reference") else None,
            row.get("reference_sha256", "").lower(),
        )


def other_columns(row: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    """The cells of a line that are none of the known columns, nor the language, nor measured."""
    left = {*known, *_MEASURED, "language", ""}
    return {name: printable(text) for name, text in row.items() if name not in left}


def write_manifest(manifest: Path, listings: Iterable[Listing]) -> None:
    """Write the manifest of items whose files lie below its folder."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for listing in listings:
        path = listing.path.relative_to(manifest.parent).as_posix()
        writer.writerow((listing.id, path, *listing[2 : len(COLUMNS)]))
    write_atomically(manifest, text.getvalue().encode())


@contextmanager
def _opened(manifest: Path) -> "Iterator[csv.DictReader[str]]":
    """A manifest's lines, whatever its columns; what is wrong with the file is an `ItemsError`."""
    reader = None
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            yield reader
    except OSError as error:
        raise ItemsError([f"{manifest}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ItemsError([f"{manifest}: is not UTF-8 text ({error.reason})"]) from error
    except csv.Error as error:
        line = reader.reader.line_num if reader else 1
        raise ItemsError([f"{manifest}, line {line}: {error}"]) from error


def _check_header(manifest: Path, header: Sequence[str]) -> None:
    twice = [c for c in (*COLUMNS, *CLEAN) if header.count(c) > 1]
    if _NEEDED in header and not twice:
        return
    fault = f"has more than once the columns {', '.join(twice)}"
    if _NEEDED not in header:
        near = nearest(_NEEDED, header) or next((c for c in _ALIKE if c in header), "")
        guess = f" (is {near} it? call it {_NEEDED})" if near else ""
        fault = f"lacks the column {_NEEDED}{guess}"
    others = ", ".join(column for column in COLUMNS if column != _NEEDED)
    raise ItemsError(
        [f"{manifest}, line 1: {fault}; a manifest has {_NEEDED}, and if they are known {others}"]
    )


def _faults(row: dict[str, str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield "has another number of cells than the header"
        return
    if torn := [column for column, text in row.items() if "\0" in text]:
        yield f"{', '.join(torn)} has a character 0, which no text and no file's name has"
    if not row["path"]:
        yield "path is empty"
    if row.get("sex", "") not in _SEXES:
        yield f"sex is {row['sex']!r}; allowed are F, M and empty"
    if (code := row.get("language")) and (fault := fault_of(code)):
        yield fault
    for column in ("sha256", CLEAN[1]):
        if not re.fullmatch("([0-9a-fA-F]{64})?", row.get(column, "")):
            yield f"{column} is {row[column]!r}; allowed are 64 hexadecimal digits and empty"
