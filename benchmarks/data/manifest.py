"""The manifest of a test set: one line for each item.

UTF-8 CSV with a header. Columns: id (taken in Unicode's form NFC), path (relative to the
manifest), speaker, sex ("F", "M" or
empty), text (the column may be missing), sha256 (of the file's bytes), language (`languages`; the
column may be missing). Other columns are kept: results can be split by each. The order of the lines
is kept. Unknown speakers, sexes, texts and languages are empty.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...codecs.audio.folders import nfc
from ..store.atomic import write_atomically
from ..store.printable import printable
from .languages import fault_of

NAME = "manifest.csv"
COLUMNS = ("id", "path", "speaker", "sex", "text", "sha256")

_OPTIONAL_COLUMNS = {"text"}
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


def read_manifest(manifest: Path) -> list[Listing]:
    """The lines of a manifest; the files they name are not looked at.

    Raises:
        ItemsError: unreadable, not CSV, columns missing, or wrong cells: every one with its line.
    """
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_header(manifest, reader.fieldnames or ())
            rows = [(f"{manifest}, line {reader.line_num}: ", row) for row in reader]
    except OSError as error:
        raise ItemsError([f"{manifest}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ItemsError([f"{manifest}: is not UTF-8 text ({error.reason})"]) from error
    except csv.Error as error:
        raise ItemsError([f"{manifest}, line {reader.reader.line_num}: {error}"]) from error
    if problems := [where + fault for where, row in rows for fault in _faults(row)]:
        raise ItemsError(problems)
    return [
        Listing(
            nfc(row["id"]),
            manifest.parent / row["path"],
            row["speaker"],
            row["sex"],
            row.get("text", ""),
            row["sha256"].lower(),
            where,
            row.get("language", ""),
            other_columns(row, COLUMNS),
        )
        for where, row in rows
    ]


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


def _check_header(manifest: Path, header: Sequence[str]) -> None:
    missing = [c for c in COLUMNS if c not in header and c not in _OPTIONAL_COLUMNS]
    twice = [c for c in COLUMNS if header.count(c) > 1]
    if missing or twice:
        fault = "lacks" if missing else "has more than once"
        raise ItemsError(
            [
                f"{manifest}, line 1: {fault} the columns {', '.join(missing or twice)}; "
                f"a manifest has {', '.join(COLUMNS)}"
            ]
        )


def _faults(row: dict[str, str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield "has another number of cells than the header"
        return
    if not row["path"]:
        yield "path is empty"
    if row["sex"] not in _SEXES:
        yield f"sex is {row['sex']!r}; allowed are F, M and empty"
    if (code := row.get("language")) and (fault := fault_of(code)):
        yield fault
    if not re.fullmatch("[0-9a-fA-F]{64}", row["sha256"]):
        yield f"sha256 is {row['sha256']!r}; allowed are 64 hexadecimal digits"
