"""What a record of our player must be: the form of FOLDER.results.jsonl and of downloaded results.

    {"schema": 1, "test": id, "listener": random id, "session": UUID, "trial": id,
     "training": false, "record": UUID, "time": ISO 8601, "order": [blind ids as shown],
     "ratings": [{"stimulus": blind id, "score": 0-100, "plays": count, "seconds": heard}],
     "questionnaire": {...}, "seed": of the listener's orders, "position": of the trial,
     "duration": seconds on the page, "reference_plays": count, "comment": text}

The first ten keys are always there. A downloaded file is a JSON list of such records.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .folder import SCHEMA

_TEXTS = ("test", "listener", "session", "trial", "record", "time")
_LONGEST_TEXT = 64


class SubmissionError(ValueError):
    """Something sent is not what a player of this test sends: the message says why."""


def check(record: Mapping[str, Any], description: Mapping[str, Any]) -> None:
    """Refuse what is not a complete record of the described test.

    Raises:
        SubmissionError: with what is wrong, and what is expected.
    """
    if record.get("schema") != SCHEMA:
        raise SubmissionError(f"schema is {record.get('schema')!r}, not {SCHEMA}")
    for name in _TEXTS:
        value = record.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
            raise SubmissionError(f"{name} is not a text of 1 to {_LONGEST_TEXT} characters")
    if record["test"] != description["test"]:
        raise SubmissionError(f"of test {record['test']}; this is {description['test']}")
    _check_time(record["time"])
    trial = next((t for t in description["trials"] if t["trial"] == record["trial"]), None)
    if trial is None:
        raise SubmissionError(f"this test has no trial {record['trial']!r}")
    if record.get("training") is not trial["training"]:
        raise SubmissionError(f"training is not {trial['training']}, as it is for {trial['trial']}")
    _check_stimuli(record.get("order"), trial["stimuli"], "order")
    ratings = record.get("ratings")
    if not isinstance(ratings, list) or not all(isinstance(r, dict) for r in ratings):
        raise SubmissionError("ratings is not a list of objects")
    _check_stimuli([rating.get("stimulus") for rating in ratings], trial["stimuli"], "ratings")
    for rating in ratings:
        _check_rating(rating)


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise SubmissionError(f"time {text!r} is not ISO 8601") from error


def _check_stimuli(found: object, expected: list[str], name: str) -> None:
    if not isinstance(found, list) or sorted(map(str, found)) != sorted(expected):
        raise SubmissionError(f"{name} does not hold each of the trial's stimuli once")


def _check_rating(rating: Mapping[str, Any]) -> None:
    name = rating["stimulus"]
    if not _is_number(rating.get("score")) or not 0 <= rating["score"] <= 100:
        raise SubmissionError(f"{name}: score {rating.get('score')!r} is not within 0 to 100")
    for what in ("plays", "seconds"):
        if not _is_number(rating.get(what)) or rating[what] < 0:
            raise SubmissionError(f"{name}: {what} {rating.get(what)!r} is not 0 or more")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
