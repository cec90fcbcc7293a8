"""webMUSHRA's session JSON, and pymushra's TinyDB, which stores such sessions trial by trial.

What is odd about them:
    - webMUSHRA posts `sessionJSON=` and the JSON, not URL-encoded: the prefix is accepted
    - scores are strings, `time` is the milliseconds spent on the page, equal for all its stimuli
    - training pages are not marked: our export does so by an id that no item has, `training/ITEM`
    - a page of another type (paired comparison, Likert, ...) is rejected by name
    - pymushra spells `questionaire` with one n, and its uuid is new for every post
"""

from collections.abc import Iterable, Mapping

from ..schema import TRAINING_PAGE, Rejected, SentRating, Submission
from .imported import Imported, seconds_of

MUSHRA_PAGE = "mushra"


def is_training(trial: str) -> bool:
    """Is this webMUSHRA page the training page of our export, by its id?"""
    return trial.startswith(TRAINING_PAGE)


def is_session(data: Mapping[str, object]) -> bool:
    """Is this object a webMUSHRA session?"""
    return isinstance(data.get("trials"), list) and "testId" in data


def is_stored_trial(data: Mapping[str, object]) -> bool:
    """Is this object a trial as pymushra stores it?"""
    return isinstance(data.get("responses"), list) and "testId" in data


def is_tinydb(data: Mapping[str, object]) -> bool:
    """Is this document a TinyDB file: tables of numbered trials?"""
    return bool(data) and all(
        isinstance(table, dict)
        and all(isinstance(row, dict) and "responses" in row for row in table.values())
        for table in data.values()
    )


def tinydb_records(data: Mapping[str, Mapping[str, object]]) -> Iterable[object]:
    """The stored trials of all tables."""
    return [row for table in data.values() for row in table.values()]


def read_session(
    data: Mapping[str, object],
    source: str,
    line: int,
    imported: Imported,
) -> None:
    """Adds one webMUSHRA session."""
    listener = data.get("uuid")
    trials = data["trials"]
    if not isinstance(listener, str) or not listener or not isinstance(trials, list):
        imported.rejected.append(Rejected(source, line, "a webMUSHRA session without its uuid", 0))
        return
    for trial in trials:
        _read_trial(trial, source, line, str(data["testId"]), listener, "", imported)


def read_stored_trial(
    data: Mapping[str, object],
    source: str,
    line: int,
    imported: Imported,
) -> None:
    """Adds one trial of a pymushra TinyDB."""
    answers = data.get("questionaire")
    listener = answers.get("uuid") if isinstance(answers, dict) else None
    if not isinstance(listener, str) or not listener:
        imported.rejected.append(
            Rejected(source, line, "a pymushra trial without questionaire.uuid", 0)
        )
        return
    time = str(data.get("date", ""))
    _read_trial(data, source, line, str(data["testId"]), listener, time, imported)


def _read_trial(
    trial: object,
    source: str,
    line: int,
    test: str,
    listener: str,
    time: str,
    imported: Imported,
) -> None:
    if not isinstance(trial, Mapping) or not isinstance(trial.get("responses"), list):
        imported.rejected.append(Rejected(source, line, "a trial without responses", 0))
        return
    name, kind, responses = str(trial.get("id", "")), trial.get("type"), trial["responses"]
    if kind != MUSHRA_PAGE:
        why = f"page {name} is of type {kind!r}, not {MUSHRA_PAGE!r}"
        imported.rejected.append(Rejected(source, line, why, len(responses)))
        return
    ratings = tuple(r for r in map(_rating, responses) if r is not None)
    if lost := len(responses) - len(ratings):
        why = f"page {name}: a response without a stimulus"
        imported.rejected.extend(Rejected(source, line, why) for _ in range(lost))
    imported.submissions.append(
        Submission(
            source=source,
            line=line,
            listener=listener,
            trial=name,
            ratings=ratings,
            test=test,
            record=f"{listener} {name}",
            time=time,
            training=is_training(name),
        )
    )


def _rating(response: object) -> SentRating | None:
    """None for a response without a stimulus."""
    if not isinstance(response, Mapping) or not isinstance(response.get("stimulus"), str):
        return None
    seconds = seconds_of(response.get("time"))
    return SentRating(response["stimulus"], response.get("score"), seconds=seconds)
