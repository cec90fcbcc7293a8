"""One act of listening counts once, however it was sent."""

from typing import Any

import pytest

from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import Submission
from support.submissions import scores, sent, whys


def test_a_record_is_taken_once() -> None:
    reading = valid_ratings([sent({"p": 5}, record="r"), sent({"p": 5}, record="r", line=2)])
    assert scores(reading) == {("1", "a", "p"): 5}
    assert "already read at f:1" in whys(reading)[0]


def test_a_second_post_of_a_session_is_compared_not_dropped() -> None:
    """webMUSHRA's listener went back, changed a score and sent again: one id, two contents."""
    again = sent({"p": "5.0", "q": 6}, record="r", line=2)
    reading = valid_ratings([sent({"p": 5, "q": 6}, record="r"), again])
    assert (len(reading.ratings), reading.notes) == (2, ())
    assert "taken once" in whys(reading)[0]

    changed = sent({"p": 5, "q": 60}, record="r", line=3)
    reading = valid_ratings([sent({"p": 5, "q": 6}, record="r"), changed])
    assert scores(reading) == {("1", "a", "p"): 5, ("1", "a", "q"): 60}
    assert "conflict: record r has different ratings at f:1 and f:3; both are" in reading.notes[0]
    assert [w.split(": ")[1] for w in whys(reading)] == [
        "the same rating as at f:1, taken once",
        "6 is replaced by 60 at f:3",
    ]


def test_a_torn_copy_read_later_costs_a_whole_record_nothing() -> None:
    whole, torn = sent({"p": 5, "q": 6}, record="r"), sent({"p": 5}, record="r", source="g")
    for order in ((whole, torn), (torn, whole)):
        assert scores(valid_ratings(order)) == {("1", "a", "p"): 5, ("1", "a", "q"): 6}


def draft(scores: dict[str, object], **changes: Any) -> Submission:
    return sent(scores, complete=False, **changes)


def test_an_unfinished_trial_is_named_and_not_analysed() -> None:
    reading = valid_ratings(
        [
            draft({"p": 1, "q": None, "r": None}, record="d1", time="2026-01-01T10:00:00Z"),
            draft({"p": 1, "q": 9, "r": None}, record="d2", time="2026-01-01T10:05:00Z", line=2),
            draft({"p": 1, "q": 9, "r": None}, record="d2", line=3),  # posted, and downloaded
            draft({"p": None, "q": None}, record="d3", time="2026-01-01T09:00:00Z", line=4),
            draft({"p": 3}, record="d4", trial="b", line=5),
            sent({"p": 4}, record="r1", trial="b", line=6),
            draft({"p": 2}, record="d5", trial="b", line=7),
        ]
    )
    assert scores(reading) == {("1", "b", "p"): 4}
    assert [(r.line, r.ratings) for r in reading.rejected] == [(3, 3), (2, 2)]
    assert "has not finished trial a: 2 of 3 stimuli rated; an incomplete" in whys(reading)[1]
    assert reading.notes == ("4 drafts are left out: their trials went on, or were finished",)


def test_only_drafts_give_no_rating() -> None:
    reading = valid_ratings([draft({"p": 50, "q": 50}, record="d")])
    assert reading.ratings == ()
    assert "2 of 2 stimuli rated" in whys(reading)[0]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", 70),
        ("2026-01-01T11:00:00Z", "2026-01-01T10:00:00Z", 30),
        ("2026-01-01T11:00:00+02:00", "2026-01-01T10:00:00Z", 70),
        ("2026-01-01T11:00:00", "2026-01-01T10:00:00Z", 30),
        ("", "", 70),
    ],
)
def test_the_later_record_of_a_trial_replaces_the_earlier(
    first: str, second: str, kept: float
) -> None:
    """Two tabs, or a second submission: later by the records' times, else by the order read."""
    reading = valid_ratings(
        [
            sent({"p": 30, "q": 1}, record="r1", time=first),
            sent({"p": 70, "q": 2}, record="r2", time=second, line=2),
        ]
    )
    assert scores(reading)["1", "a", "p"] == kept
    assert len(reading.ratings) == 2
    assert (reading.rejected[0].ratings, "replaced by" in whys(reading)[0]) == (2, True)


def test_a_session_that_was_sent_twice_counts_once() -> None:
    """pymushra gives every post a new listener id; equal scores alone prove nothing."""
    given: dict[str, object] = {str(k): 10 * k for k in range(6)}
    one, two = (f"264c35db-a636-440d-b542-c3ac3916c44{k}" for k in (1, 2))

    def post(listener: str, **changes: Any) -> Submission:
        return sent(given, listener=listener, record=f"{listener} a", **changes)

    same = [post(one, seconds=3.343), post(two, seconds=3.343)]
    reading = valid_ratings(same)
    assert {r.listener for r in reading.ratings} == {one}
    assert reading.rejected[0].ratings == 6
    assert "sent twice" in whys(reading)[0]
    other_times = [same[0], post(two, seconds=4.1)]
    assert {r.listener for r in valid_ratings(other_times).ratings} == {one, two}
    no_times = [post(one), post(two)]
    assert {r.listener for r in valid_ratings(no_times).ratings} == {one, two}


@pytest.mark.parametrize("record", ["", "r"])
def test_listeners_with_names_are_never_taken_for_each_other(record: str) -> None:
    """Two may agree, in a table whose times say nothing."""
    given: dict[str, object] = {str(k): 10 * k for k in range(6)}
    names = ("anna", "ben")
    reading = valid_ratings(
        [sent(given, listener=n, seconds=1, record=record and f"{n} {record}") for n in names]
    )
    assert {r.listener for r in reading.ratings} == set(names)
    assert not reading.rejected


def test_tables_of_one_listener_are_joined() -> None:
    reading = valid_ratings([sent({"p": 5}, source="f"), sent({"q": 6}, source="g")])
    assert len(reading.ratings) == 2
    assert not reading.rejected
