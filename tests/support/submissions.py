"""Submissions as results files have them, and what a reading made of them."""

from typing import Any

from nscbench.listening_test.read.blind_key import Key, TrialKey
from nscbench.listening_test.schema import Reading, SentRating, Submission

KEY = Key(
    "t1",
    {
        "a": TrialKey("item 1", {"x": "reference", "y": "opus-6"}),
        "b": TrialKey("item 2", {"z": "opus-6"}),
    },
)


def sent(scores: dict[str, object], **changes: Any) -> Submission:
    seconds = changes.pop("seconds", None)
    ratings = tuple(SentRating(name, s, seconds=seconds) for name, s in scores.items())
    values = {"source": "f", "line": 1, "listener": "1", "trial": "a", "ratings": ratings}
    return Submission(**(values | changes))


def scores(reading: Reading) -> dict[tuple[str, str, str], float]:
    return {(r.listener, r.item, r.condition): r.score for r in reading.ratings}


def whys(reading: Reading) -> list[str]:
    return [r.why for r in reading.rejected]
