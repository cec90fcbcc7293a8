"""Votes, choices and answers from the records of our player, by the key of their test.

The rules, in their order:
    kind        a record of another type of test, or of another test, is rejected
    training    left out, and counted
    repetition  of what was sent several times, one is taken; drafts are not (`repetition`)
    stimuli     what was heard is what the key has of that trial
    answer      one that the trial offers
    checks      trials with known answers are no votes: they say whether a listener listened. So do
                the headphone check, and how long everything was heard

A results file, a folder of them, and downloaded lists are read together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..schema import SCHEMA, Rejected, SentRating, Submission, brief, visible
from ..votes import VOTES, WORD_TESTS, Answer, Choice, Vote, Votes
from .imported import Imported
from .json_records import json_objects
from .judged_checks import checks_of
from .judged_key import Judged, JudgedKey, JudgedTrialKey, read_judged_key
from .listening_checks import excluding
from .repetition import without_repetition
from .results_files import json_texts
from .stopped import decisions

_TEXTS = ("test", "kind", "listener", "session", "trial", "record")


def is_judgement(data: object) -> bool:
    """Is this object a record of our player, of a test beside MUSHRA?"""
    return isinstance(data, dict) and "kind" in data and "answer" in data and "heard" in data


def read_own_votes(paths: Sequence[Path], key_path: Path) -> Votes:
    """What the records in files and folders say.

    Raises:
        ResultsError: a file or the key cannot be read.
    """
    key = read_judged_key(key_path)
    imported = Imported()
    sent: dict[tuple[str, int], Mapping[str, Any]] = {}
    for source, text in json_texts(paths, imported):
        for number, element in json_objects(text, source, imported):
            found = _submission(element, source, number, key)
            if isinstance(found, Rejected):
                imported.rejected.append(found)
            elif isinstance(element, dict):
                imported.submissions.append(found)
                sent[source, number] = element
    notes, rejected = imported.notes, imported.rejected
    rated = _without_training(imported.submissions, key, notes)
    kept = without_repetition(rated, rejected, notes)
    judged = []
    for submission in kept:
        one = _judged(submission, sent[submission.source, submission.line], key)
        if isinstance(one, str):
            rejected.append(submission.rejected(one))
        else:
            judged.append(one)
    rows = tuple(_row(one, key) for one in judged if one.key.role == "rated")
    notes += _several_sessions(judged)
    notes += decisions(key, judged)
    return Votes(
        key.kind,
        rows,
        *_legible(imported),
        tuple(checks_of(judged)),
        tuple(imported.sources),
        excluding(key.requirements),
    )


def _legible(imported: Imported) -> tuple[tuple[Rejected, ...], tuple[str, ...]]:
    legible = imported.legible()
    return tuple(legible.rejected), tuple(legible.notes)


def _submission(element: object, source: str, line: int, key: JudgedKey) -> Submission | Rejected:
    """One record as `repetition` takes it: its answer is its only rating."""
    if not isinstance(element, dict) or not is_judgement(element):
        mushra = isinstance(element, dict) and "ratings" in element
        other = "a record of MUSHRA (`nscbench mushra analyze`)" if mushra else "no record of ours"
        return Rejected(source, line, f"{other}; the key is of a test of type {key.kind}")
    if element.get("schema") != SCHEMA:
        return Rejected(source, line, f"schema {brief(element.get('schema'))}, not {SCHEMA}")
    for name in _TEXTS:
        if not isinstance(element.get(name), str) or not element[name]:
            return Rejected(source, line, f"the record has no {name}")
    if element["test"] != key.test:
        why = f"of test {element['test']!r}; the key is of {key.test!r}"
        return Rejected(source, line, why)
    if element["kind"] != key.kind:
        why = f"of a test of type {element['kind']!r}; the key is of one of type {key.kind}"
        return Rejected(source, line, why)
    answer = element["answer"]
    return Submission(
        source,
        line,
        element["listener"],
        element["trial"],
        (SentRating("answer", answer, line),),
        element["test"],
        element["record"],
        str(element.get("time", "")),
        element.get("training") is True,
        True,
        element.get("complete") is not False,
    )


def _without_training(
    submissions: list[Submission], key: JudgedKey, notes: list[str]
) -> list[Submission]:
    def is_training(one: Submission) -> bool:
        known = key.trials.get(one.trial)
        return one.training or (known is not None and known.role == "training")

    kept = [one for one in submissions if not is_training(one)]
    if left := len(submissions) - len(kept):
        notes.append(f"{left} answers of training trials are left out")
    return kept


def _judged(submission: Submission, data: Mapping[str, Any], key: JudgedKey) -> Judged | str:
    """The record, or why it does not count."""
    what = f"listener {submission.listener}, trial {submission.trial}"
    trial = key.trials.get(submission.trial)
    if trial is None:
        return f"{what}: the key has no such trial"
    if data.get("order") != list(trial.stimuli):
        return f"{what}: what was heard is not what the key has of this trial"
    answer = data["answer"]
    if isinstance(answer, bool) or answer not in _offered(trial, key):
        return f"{what}: the answer {brief(answer)} is none that is offered"
    return Judged(
        visible(submission.listener),
        visible(str(data["session"])),
        submission.trial,
        answer,
        trial,
        data,
    )


def _offered(trial: JudgedTrialKey, key: JudgedKey) -> Sequence[object]:
    if key.kind in WORD_TESTS:
        return trial.alternatives
    if key.kind == "ab":
        return ("first", "second", "neither") if key.tie else ("first", "second")
    return ("a", "b") if key.kind == "abx" else VOTES[key.kind]


def _row(one: Judged, key: JudgedKey) -> Vote | Choice | Answer:
    trial, conditions = one.key, one.key.conditions
    listener, item, where = one.listener, trial.item, (one.trial, one.session, one.duration)
    if key.kind == "ccr":
        turned = conditions[0] != key.against  # answers are of the second against the first
        score = -one.answer if turned else one.answer
        name = conditions[0] if turned else conditions[1]
        return Vote(listener, item, name, float(score), key.against, *where)
    if key.kind in VOTES:
        return Vote(listener, item, conditions[-1], float(one.answer), "", *where)
    if key.kind == "ab":
        first, second = conditions
        choice = {"first": first, "second": second, "neither": ""}[one.answer]
        return Choice(listener, item, first, second, choice, *where)
    if key.kind == "abx":
        first, second, _ = conditions
        asked = str(trial.expected[0])
        return Answer(listener, item, first, asked, one.answer, ("a", "b"), "", second, *where)
    return Answer(
        listener,
        item,
        conditions[0],
        trial.word,
        one.answer,
        trial.alternatives,
        trial.feature,
        "",
        *where,
    )


def _several_sessions(judged: Sequence[Judged]) -> Iterator[str]:
    sessions: dict[str, set[str]] = defaultdict(set)
    for one in judged:
        sessions[one.listener].add(one.session)
    several = sorted(name for name, own in sessions.items() if len(own) > 1)
    if several:
        yield (
            f"{len(several)} listeners have answers of several sessions: {', '.join(several[:10])}"
            + (" ..." if len(several) > 10 else "")
        )
