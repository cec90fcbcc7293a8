"""Is what was sent a record of our player, and of this test? What a record is, `schema` says."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..schema import SCHEMA, brief
from .amounts import LARGEST, is_amount, is_count, is_number
from .judgement_check import check_judgement
from .record_error import RecordError

_TEXTS = ("test", "listener", "session", "trial", "record", "time")
_LONGEST_TEXT = 64
_LONGEST_COMMENT = 1000
_MOST_ANSWERS = 32


def check_record(record: Mapping[str, Any], description: Mapping[str, Any]) -> None:
    """Refuse what is not a record of the described test.

    Raises:
        RecordError: with what is wrong, and what is expected.
    """
    if record.get("schema") != SCHEMA or isinstance(record["schema"], bool):
        raise RecordError(f"schema is {brief(record.get('schema'))}, not {SCHEMA}")
    for name in _TEXTS:
        if not _is_text(record.get(name)) or not record[name]:
            raise RecordError(f"{name} is not a text of 1 to {_LONGEST_TEXT} characters")
    if record["test"] != description["test"]:
        raise RecordError(f"of test {record['test']}; this is {description['test']}")
    _check_time(record["time"])
    trial = next((t for t in description["trials"] if t["trial"] == record["trial"]), None)
    if trial is None:
        raise RecordError(f"this test has no trial {record['trial']!r}")
    if record.get("training") is not trial["training"]:
        raise RecordError(f"training is not {trial['training']}, as it is for {trial['trial']}")
    if "kind" in description:
        _check_optional(record, _OF_JUDGEMENTS)
        check_judgement(record, trial, description)
    else:
        _check_optional(record, _OF_RATINGS)
        _check_ratings(record, trial)


def _check_ratings(record: Mapping[str, Any], trial: Mapping[str, Any]) -> None:
    _check_stimuli(record.get("order"), trial["stimuli"], "order")
    ratings = record.get("ratings")
    if not isinstance(ratings, list) or not all(isinstance(r, dict) for r in ratings):
        raise RecordError("ratings is not a list of objects")
    _check_stimuli([rating.get("stimulus") for rating in ratings], trial["stimuli"], "ratings")
    for rating in ratings:
        _check_rating(rating, record.get("complete", True))


def _check_time(text: str) -> None:
    if not _is_moment(text):
        raise RecordError(f"time {text!r} is not ISO 8601")


def _is_moment(value: object) -> bool:
    try:
        return _is_text(value) and bool(datetime.fromisoformat(str(value)))
    except ValueError:
        return False


def _check_stimuli(found: object, expected: list[str], name: str) -> None:
    texts = found if isinstance(found, list) else [None]
    if not all(isinstance(text, str) for text in texts) or sorted(texts) != sorted(expected):
        raise RecordError(f"{name} does not hold each of the trial's stimuli once")


def _check_rating(rating: Mapping[str, Any], complete: bool) -> None:
    name = rating["stimulus"]
    unrated = not complete and rating.get("score", "") is None
    if not unrated and (not is_number(rating.get("score")) or not 0 <= rating["score"] <= 100):
        raise RecordError(f"{name}: score {brief(rating.get('score'))} is not within 0 to 100")
    for what in ("plays", "seconds"):
        if not is_amount(rating.get(what)):
            raise RecordError(f"{name}: {what} {brief(rating.get(what))} is not 0 to {LARGEST}")
    if unknown := sorted(rating.keys() - {"stimulus", "score", "plays", "seconds"}):
        raise RecordError(
            f"{name}: unknown key {unknown[0]!r}; a rating has stimulus, score, plays, seconds"
        )


def _check_optional(record: Mapping[str, Any], content: tuple[str, ...]) -> None:
    """Refuse keys that no record of this content has, and optional ones with a wrong value."""
    always = (*_ALWAYS, *content)
    for name, value in record.items():
        if name in _OPTIONAL:
            fits, what = _OPTIONAL[name]
            if not fits(value):
                raise RecordError(f"{name} is not {what}")
        elif name not in always:
            known = ", ".join((*always, *_OPTIONAL))
            raise RecordError(f"unknown key {name[:_LONGEST_TEXT]!r}; a record has {known}")


def _is_text(value: object) -> bool:
    """Is this a text that can stand in a line of a message or a table?"""
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()


def _is_comment(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_COMMENT


def _is_seed(value: Any) -> bool:
    return is_count(value) and value < 2**32


def _are_answers(value: object) -> bool:
    if not isinstance(value, dict) or len(value) > _MOST_ANSWERS or not all(map(_is_text, value)):
        return False
    heard = value.get("headphones")
    known = isinstance(heard, dict) and set(heard) == {"correct", "rounds"}
    if not (heard is None or (known and all(map(is_count, heard.values())))):
        return False
    return all(_is_text(answer) for name, answer in value.items() if name != "headphones")


_ALWAYS = ("schema", *_TEXTS, "training", "order")
_OF_RATINGS = ("ratings",)
_OF_JUDGEMENTS = ("kind", "answer", "heard", "block")
_OPTIONAL: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "complete": (lambda value: isinstance(value, bool), "true or false"),
    "questionnaire": (
        _are_answers,
        f"an object of at most {_MOST_ANSWERS} short texts by question, and the headphone check",
    ),
    "seed": (_is_seed, "a whole number of 32 bits"),
    "position": (is_count, "a count"),
    "duration": (is_amount, "a number of seconds"),
    "reference_plays": (is_count, "a count"),
    "plan": (is_count, "a count"),
    "participant": (_is_text, f"a text of at most {_LONGEST_TEXT} characters"),
    "consent": (_is_moment, "a time of ISO 8601"),
    "comment": (_is_comment, f"a text of at most {_LONGEST_COMMENT} characters"),
}
