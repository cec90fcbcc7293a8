"""Reads results files: our own, webMUSHRA's, pymushra's, and a plain long table.

    our records       one JSON object per line and trial, or a JSON list of them
    webMUSHRA         the CSV of its write.php, and the JSON of one session
    pymushra          its CSV and JSON exports, and its TinyDB file
    long table        CSV with the columns listener, item, condition, score, in any order, and
                      optionally test, plays, seconds; `columns` reads other names, and wide tables

The format is told by the content, not by the file's name. A damaged spot costs its own line, row or
record, which is named, and nothing behind it. Names are given as they can be written anywhere. No
more is judged here than what cannot be read at all: `validation` does that. Questionnaires are not
read, so that no personal data reaches an analysis.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ..schema import SESSION_FIELD, Rejected, ResultsError
from .imported import Imported
from .json_records import read_json
from .rating_tables import read_table

_SUFFIXES = (".jsonl", ".json", ".csv")
KEY_SUFFIX = ".key.json"
_LINE_OF_RECORD = re.compile(r'^\{".*\}$', re.MULTILINE)


def read_results(
    paths: Sequence[Path], columns: Mapping[str, str] = MappingProxyType({})
) -> Imported:
    """The submissions of files, and of all .jsonl, .json and .csv files directly in folders.

    What else lies in a folder is rejected with a word. `columns` are our names, or "", of CSV
    columns by their own.

    Raises:
        ResultsError: a file that is not there, or is in none of the formats; a folder without one.
    """
    imported = Imported()
    for path in paths:
        if not path.is_dir():
            _read(path, imported, columns)
            continue
        for file in _files(path):
            try:
                _read(file, imported, columns)
            except ResultsError as error:
                imported.rejected.append(Rejected(str(file), 1, str(error), 0))
    return imported.legible()


def json_texts(paths: Sequence[Path], imported: Imported) -> Iterator[tuple[str, str]]:
    """Source and text of files, and of all .jsonl and .json files directly in folders.

    Raises:
        ResultsError: a file that is not there; a folder without one.
    """
    for path in paths:
        for file in _files(path, (".jsonl", ".json")) if path.is_dir() else [path]:
            if file.name.endswith(KEY_SUFFIX):
                continue
            text = text_of(file, imported.notes)
            imported.sources.append(str(file))
            if text.strip():
                yield str(file), text
            else:
                imported.notes.append(f"{file} is empty")


def _files(folder: Path, suffixes: Sequence[str] = _SUFFIXES) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes and p.is_file())
    if not files:
        raise ResultsError(f"{folder} has no {', '.join(suffixes)} file")
    return files


def _read(path: Path, imported: Imported, columns: Mapping[str, str]) -> None:
    text = text_of(path, imported.notes)
    imported.sources.append(str(path))
    if not text.strip():
        imported.notes.append(f"{path} is empty")
    elif text.lstrip().startswith(("{", "[", SESSION_FIELD)):
        read_json(text, str(path), imported)
    else:
        try:
            read_table(text, str(path), imported, columns)
        except ResultsError:
            if not _LINE_OF_RECORD.search(text):
                raise
            read_json(text, str(path), imported)  # of JSON lines, the first is damaged


def text_of(path: Path, notes: list[str]) -> str:
    """The text of a file; bytes that are none are replaced and noted.

    Raises:
        ResultsError: it cannot be read, or is no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise ResultsError(f"{path} cannot be read: it is no UTF-8 text: {error}") from error
        text = content.decode("utf-8-sig", "replace")
        lines = [n for n, line in enumerate(text.split("\n"), 1) if "\ufffd" in line]
        where = ", ".join(map(str, lines[:10])) + (" ..." if len(lines) > 10 else "")
        notes.append(f"{path} has bytes that are no UTF-8, read as \ufffd: lines {where}")
    return text.replace("\r\n", "\n").replace("\r", "\n")
