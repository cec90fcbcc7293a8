"""JSON of results: one document, or an object a line; our records, sessions, and rows of tables.

A torn or damaged place costs its own line or record, which is named, and nothing behind it.
"""

import json
import re
from collections.abc import Iterable

from ..schema import (
    SCHEMA,
    SESSION_FIELD,
    HeadphoneCheck,
    Rejected,
    ResultsError,
    SentRating,
    Submission,
    brief,
)
from . import rating_tables, sessions
from .imported import Imported, finite_number

_MOST_ROUNDS = 1000
_NEXT_OBJECT = re.compile(r"[\s,]*\{")
_LINE_OF_OBJECT = re.compile(r"\n ?\{")


def read_json(text: str, source: str, imported: Imported) -> None:
    """A whole JSON document, or one JSON object per line."""
    rows: list[tuple[int, dict[str, object]]] = []
    before = len(imported.submissions)
    for number, element in json_objects(text, source, imported):
        if isinstance(element, dict) and _is_row(element):
            rows.append((number, element))
        else:
            _read_object(element, source, number, imported)
    if rows:
        rating_tables.read_json_rows(rows, source, imported)
    if len(imported.submissions) == before and all(r.source != source for r in imported.rejected):
        imported.notes.append(f"{source} has no record")


def json_objects(text: str, source: str, imported: Imported) -> Iterable[tuple[int, object]]:
    """What a JSON document, or lines of JSON, have, numbered from 1; what is torn is rejected.

    Raises:
        ResultsError: it is neither.
    """
    try:
        return _elements(json.loads(text))
    except (ValueError, RecursionError):
        torn_list = text.lstrip().startswith("[")
        return (_torn_list if torn_list else _lines)(text, source, imported)


def _is_row(element: dict[str, object]) -> bool:
    """A row of a table? Not a session or a record that has further keys."""
    nested = "ratings" in element or sessions.is_session(element)
    return not nested and rating_tables.is_row(element)


def _elements(whole: object) -> Iterable[tuple[int, object]]:
    """The records of a JSON document, numbered from 1."""
    if isinstance(whole, list):
        return enumerate(whole, 1)
    if isinstance(whole, dict) and sessions.is_tinydb(whole):
        return enumerate(sessions.tinydb_records(whole), 1)
    return [(1, whole)]


def _lines(text: str, source: str, imported: Imported) -> Iterable[tuple[int, object]]:
    """The JSON objects of a text's lines; a line that is none (torn, say) is rejected."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append((number, json.loads(line.removeprefix(SESSION_FIELD))))
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
    elif sessions.is_session(element):
        sessions.read_session(element, source, number, imported)
    elif sessions.is_stored_trial(element):
        sessions.read_stored_trial(element, source, number, imported)
    else:
        record = _own_record(element, source, number)
        if isinstance(record, Rejected):
            imported.rejected.append(record)
        else:
            imported.submissions.append(record)


def _own_record(data: dict[str, object], source: str, number: int) -> Submission | Rejected:
    """One of our trial records, or why it is none."""
    sent = data.get("ratings")
    if data.get("kind") and "answer" in data:
        kind = brief(data["kind"])
        return Rejected(source, number, f"of a test of type {kind}: see `nscbench listen`")
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
                plays=finite_number(r.get("plays")),
                seconds=finite_number(r.get("seconds")),
            )
            for r in sent
        ),
        test=str(data["test"]),
        record=str(data["record"]),
        time=str(data.get("time", "")),
        training=data.get("training") is True,
        blind=True,
        complete=data.get("complete") is not False,
        participant=str(data.get("participant", "")),
        headphones=_headphones(data.get("questionnaire")),
    )


def _headphones(answers: object) -> HeadphoneCheck | None:
    """The headphone check, the only answer that an analysis asks for; None without one."""
    told = answers.get("headphones") if isinstance(answers, dict) else None
    if not isinstance(told, dict):
        return None
    correct, rounds = told.get("correct"), told.get("rounds")
    if not (isinstance(correct, int) and isinstance(rounds, int)):
        return None
    return HeadphoneCheck(correct, rounds) if 0 <= correct <= rounds <= _MOST_ROUNDS else None
