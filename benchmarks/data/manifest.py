"""The manifest of a test set: one line for each item.

UTF-8 CSV with a header. Columns: id (taken in Unicode's form NFC), path (relative to the
manifest), speaker, sex ("F", "M" or empty), text (the column may be missing), sha256 (of the file's
bytes). Other columns are ignored, the order of the lines is kept. Unknown speakers, sexes and texts
are empty.

Where items are noisy and codecs are to be held against clean speech, the column reference has the
path of the clean recording, of equal length, and reference_sha256 its digest; both may be missing
or empty.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ...codecs.audio.folders import nfc
from ..store.atomic import write_atomically
from ..store.printable import printable

NAME = "manifest.csv"
COLUMNS = ("id", "path", "speaker", "sex", "text", "sha256")

_OPTIONAL_COLUMNS = {"text"}
_SEXES = ("F", "M", "")


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
    reference: Path | None = None  # clean, that what is decoded is compared with
    reference_sha256: str = ""


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
            manifest.parent / row["reference"] if row.get("reference") else None,
            (row.get("reference_sha256") or "").lower(),
        )
        for where, row in rows
    ]


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
    if not re.fullmatch("[0-9a-fA-F]{64}", row["sha256"]):
        yield f"sha256 is {row['sha256']!r}; allowed are 64 hexadecimal digits"
