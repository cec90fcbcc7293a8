"""Reads results files: our own, webMUSHRA's, pymushra's, and a plain long table.

    our records       one JSON object per line and trial, or a JSON list of them
    webMUSHRA         the CSV of its write.php, and the JSON of one session
    pymushra          its CSV and JSON exports, and its TinyDB file
    long table        CSV with the columns listener, item, condition, score, in any order, and
                      optionally test, plays, seconds

The format is told by the content, not by the file's name. A damaged spot costs its own line, row or
record, which is named, and nothing behind it. Nothing is judged here beyond what cannot
be read at all: `validation` does that. Questionnaires are not read, so that no personal data
reaches an analysis.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import import_sessions, import_tables
from .ratings import Rejected, ResultsError, SentRating, Submission

SCHEMA = 1
_SUFFIXES = (".jsonl", ".json", ".csv")
_NEXT_OBJECT = re.compile(r"[\s,]*\{")
_LINE_OF_OBJECT = re.compile(r"\n ?\{")
_LINE_OF_RECORD = re.compile(r'^\{".*\}$', re.MULTILINE)


@dataclass
class Imported:
    """What the files had: submissions as sent, what could not be read, and remarks."""

    submissions: list[Submission] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def read_results(paths: Sequence[Path]) -> Imported:
    """The submissions of files, and of all .jsonl, .json and .csv files directly in folders.

    What else lies in a folder is rejected with a word.

    Raises:
        ResultsError: a file that is not there, or is in none of the formats; a folder without one.
    """
    imported = Imported()
    for path in paths:
        if not path.is_dir():
            _read(path, imported)
            continue
        for file in _files(path):
            try:
                _read(file, imported)
            except ResultsError as error:
                imported.rejected.append(Rejected(str(file), 1, str(error), 0))
    return imported


def _files(folder: Path) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES and p.is_file())
    if not files:
        raise ResultsError(f"{folder} has no {', '.join(_SUFFIXES)} file")
    return files


def _read(path: Path, imported: Imported) -> None:
    text = _text(path, imported)
    imported.sources.append(str(path))
    if not text.strip():
        imported.notes.append(f"{path} is empty")
    elif text.lstrip().startswith(("{", "[", import_sessions.FORM_FIELD)):
        _read_json(text, str(path), imported)
    else:
        try:
            table = import_tables.read_table(text, str(path))
        except ResultsError:
            if not _LINE_OF_RECORD.search(text):
                raise
            _read_json(text, str(path), imported)  # of JSON lines, the first is damaged
            return
        imported.submissions += table.submissions
        imported.rejected += table.rejected
        imported.notes += table.notes


def _text(path: Path, imported: Imported) -> str:
    """The text of a file; bytes that are none are replaced and noted."""
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
        imported.notes.append(f"{path} has bytes that are no UTF-8, read as \ufffd: lines {where}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_json(text: str, source: str, imported: Imported) -> None:
    """A whole JSON document, or one JSON object per line."""
    try:
        elements = _elements(json.loads(text))
    except (ValueError, RecursionError):
        torn_list = text.lstrip().startswith("[")
        elements = (_torn_list if torn_list else _lines)(text, source, imported)
    rows: list[tuple[int, dict[str, object]]] = []
    before = len(imported.submissions)
    for number, element in elements:
        if isinstance(element, dict) and import_tables.is_row(element):
            rows.append((number, element))
        else:
            _read_object(element, source, number, imported)
    if rows:
        table = import_tables.read_rows(rows, source)
        imported.submissions += table.submissions
        imported.rejected += table.rejected
        imported.notes += table.notes
    if len(imported.submissions) == before and all(r.source != source for r in imported.rejected):
        imported.notes.append(f"{source} has no record")


def _elements(whole: object) -> Iterable[tuple[int, object]]:
    """The records of a JSON document, numbered from 1."""
    if isinstance(whole, list):
        return enumerate(whole, 1)
    if isinstance(whole, dict) and import_sessions.is_tinydb(whole):
        return enumerate(import_sessions.tinydb_records(whole), 1)
    return [(1, whole)]


def _lines(text: str, source: str, imported: Imported) -> Iterable[tuple[int, object]]:
    """The JSON objects of a text's lines; a line that is none (torn, say) is rejected."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append((number, json.loads(line.removeprefix(import_sessions.FORM_FIELD))))
        except (ValueError, RecursionError) as error:
            why = f"the line is not JSON, torn or damaged: {error}"
            imported.rejected.append(Rejected(source, number, why, 0))
    if not found:
        raise ResultsError(f"{source} is neither a JSON document nor JSON lines")
    return found


def _torn_list(text: str, source: str, imported: Imported) -> Iterable[tuple[int, object]]:
    """The whole objects of a JSON list that is cut off or damaged; the rest is rejected.

    Behind a damaged object the next that starts a line is looked for.
    """
    found: list[tuple[int, object]] = []
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    while start := _NEXT_OBJECT.match(text, at):
        try:
            element, at = decoder.raw_decode(text, start.end() - 1)
            found.append((len(found) + 1, element))
            continue
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, start.end()) + 1
            why = f"the record that starts in this line is torn or damaged: {error}"
            imported.rejected.append(Rejected(source, line, why, 0))
        behind = _LINE_OF_OBJECT.search(text, start.end())
        if behind is None:
            break
        at = behind.end() - 1
    else:
        if text[at:].strip() != "]":
            line = text.count("\n", 0, at) + 1
            why = "the list is damaged or ends here without its bracket: is this the whole file?"
            imported.rejected.append(Rejected(source, line, why, 0))
    if not found:
        raise ResultsError(f"{source} is neither a JSON document nor JSON lines")
    return found


def _read_object(element: object, source: str, number: int, imported: Imported) -> None:
    if not isinstance(element, dict):
        why = f"a record is a JSON object, not {type(element).__name__}"
        imported.rejected.append(Rejected(source, number, why, 0))
    elif import_sessions.is_session(element):
        import_sessions.read_session(
            element, source, number, imported.submissions, imported.rejected
        )
    elif import_sessions.is_stored_trial(element):
        import_sessions.read_stored_trial(
            element, source, number, imported.submissions, imported.rejected
        )
    else:
        record = own_record(element, source, number)
        if isinstance(record, Rejected):
            imported.rejected.append(record)
        else:
            imported.submissions.append(record)


def own_record(data: dict[str, object], source: str, number: int) -> Submission | Rejected:
    """One of our trial records, or why it is none."""
    sent = data.get("ratings")
    if not isinstance(sent, list) or "trial" not in data:
        keys = ", ".join(sorted(map(str, data))[:8])
        return Rejected(source, number, f"not a record of a known kind; it has: {keys}", 0)
    if data.get("schema") != SCHEMA:
        why = f"schema {data.get('schema')!r}; this version reads {SCHEMA}"
        return Rejected(source, number, why, len(sent))
    for name in ("test", "listener", "trial", "record"):
        if not isinstance(data.get(name), str) or not data[name]:
            return Rejected(source, number, f"the record has no {name}", len(sent))
    if not all(isinstance(r, dict) and isinstance(r.get("stimulus"), str) for r in sent):
        return Rejected(source, number, "a rating without a stimulus", len(sent))
    for name in ("complete", "training"):
        if not isinstance(data.get(name, True), bool):
            return Rejected(source, number, f"{name} is neither true nor false", len(sent))
    return Submission(
        source=source,
        line=number,
        listener=str(data["listener"]),
        trial=str(data["trial"]),
        ratings=tuple(
            SentRating(
                r["stimulus"],
                r.get("score"),
                plays=import_sessions.number(r.get("plays")),
                seconds=import_sessions.number(r.get("seconds")),
            )
            for r in sent
        ),
        test=str(data["test"]),
        record=str(data["record"]),
        time=str(data.get("time", "")),
        training=data.get("training") is True,
        blind=True,
        complete=data.get("complete") is not False,
    )
