"""Whether a listener listened: trials with known answers, headphones, and how long it was heard."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..schema import HEADPHONES_SHARE
from ..votes import ATTENTION, GOLD, HEADPHONES, LISTENING_TIME, NULL_PAIR, Check
from .imported import finite_number
from .judged_key import Judged

HEARD_IN_FULL = 0.9  # of a signal's length, where it is heard to its end
HEARD_AT_LEAST = 1.0  # second of each, where listeners switch
_CHECKS = (GOLD, ATTENTION, NULL_PAIR)


def checks_of(judged: Sequence[Judged]) -> Iterator[Check]:
    """Of trials with known answers, each; of headphones and listening, one a listener."""
    heard: dict[str, Counter[bool]] = defaultdict(Counter)
    headphones: dict[str, object] = {}
    for one in judged:
        questions = one.data.get("questionnaire")
        headphones[one.listener] = (
            questions.get("headphones") if isinstance(questions, dict) else None
        )
        heard[one.listener][_in_full(one)] += 1
        if one.key.role in _CHECKS:
            expected = " or ".join(map(str, one.key.expected))
            detail = f"{one.trial}: answered {one.answer}, expected {expected}"
            yield Check(one.listener, one.key.role, one.answer in one.key.expected, detail)
    for listener, result in headphones.items():
        yield _of_headphones(listener, result)
    for listener, counts in heard.items():
        detail = f"{counts[True]} of {counts.total()} trials were heard long enough"
        yield Check(listener, LISTENING_TIME, not counts[False], detail)


def _of_headphones(listener: str, result: object) -> Check:
    if not isinstance(result, dict):
        return Check(listener, HEADPHONES, False, "skipped")
    correct, rounds = finite_number(result.get("correct")), finite_number(result.get("rounds"))
    if correct is None or not rounds:
        return Check(listener, HEADPHONES, False, "not readable")
    passed = correct / rounds >= HEADPHONES_SHARE
    return Check(listener, HEADPHONES, passed, f"{correct:g} of {rounds:g} rounds right")


def _in_full(one: Judged) -> bool:
    """Was every signal heard as long as the page asks?"""
    heard = one.data["heard"]
    spent = {
        str(entry.get("stimulus")): finite_number(entry.get("seconds")) or 0.0
        for entry in (heard if isinstance(heard, list) else [])
        if isinstance(entry, dict)
    }
    switched = one.data["kind"] in ("ab", "abx")
    return all(
        spent.get(blind, 0.0)
        >= (min(HEARD_AT_LEAST, seconds) if switched else HEARD_IN_FULL * seconds)
        for blind, seconds in zip(one.key.stimuli, one.key.seconds, strict=True)
    )
