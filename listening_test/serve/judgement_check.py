"""Is this the answer to a trial of a test beside MUSHRA? What such a record is, `schema` says."""

from collections.abc import Mapping
from typing import Any

from ..schema import brief
from ..votes import VOTES, WORD_TESTS
from .amounts import LARGEST, is_amount, is_count
from .record_error import RecordError


def check_judgement(
    record: Mapping[str, Any], trial: Mapping[str, Any], description: Mapping[str, Any]
) -> None:
    """Refuse what only a record of this kind of test has, and has it wrong.

    Raises:
        RecordError: with what is wrong, and what is expected.
    """
    kind = description["kind"]
    if record.get("kind") != kind:
        raise RecordError(f"kind is {brief(record.get('kind'))}; this test is {kind}")
    if record.get("order") != trial["stimuli"]:
        raise RecordError("order is not that of the trial")
    allowed = answers_of(trial, description)
    answer = record.get("answer")
    unanswered = record.get("complete") is False and "answer" in record and answer is None
    if not unanswered and (isinstance(answer, bool) or answer not in allowed):
        raise RecordError(f"answer {brief(answer)} is none of {', '.join(map(str, allowed))}")
    heard = record.get("heard")
    if not isinstance(heard, list) or not all(isinstance(one, dict) for one in heard):
        raise RecordError("heard is not a list of objects")
    if [one.get("stimulus") for one in heard] != trial["stimuli"]:
        raise RecordError("heard does not hold each of the trial's stimuli once, in its order")
    for one in heard:
        _check_heard(one)
    block = record.get("block")
    if not is_count(block) or block >= len(description["blocks"]):
        raise RecordError(f"block {brief(block)} is none of this test's")


def answers_of(trial: Mapping[str, Any], description: Mapping[str, Any]) -> list[object]:
    """Every answer that this trial allows."""
    kind = description["kind"]
    if kind in WORD_TESTS:
        return list(trial["words"])
    if kind == "ab":
        return ["first", "second", "neither"] if description["tie"] else ["first", "second"]
    return ["a", "b"] if kind == "abx" else list(VOTES[kind])


def _check_heard(one: Mapping[str, Any]) -> None:
    if not (is_count(one.get("plays")) and is_amount(one.get("seconds"))):
        raise RecordError(f"{one['stimulus']}: plays and seconds are not 0 to {LARGEST}")
    if unknown := sorted(one.keys() - {"stimulus", "plays", "seconds"}):
        raise RecordError(f"{one['stimulus']}: unknown key {unknown[0]!r}")
