"""From submissions to ratings: every rule, and that nothing is lost without a word."""

import json
from pathlib import Path
from typing import Any

import pytest

from nscbench.listening_test.read.blind_key import Key, TrialKey, read_key
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import Reading, ResultsError, SentRating, Submission

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


@pytest.mark.parametrize(
    ("score", "why"),
    [
        (100.5, "outside 0-100"),
        ("-1", "outside 0-100"),
        ("1e5", "not a number"),
        ("nan", "not a number"),
        (float("nan"), "not a number"),
        ("1_0", "not a number"),
        ("", "not a number"),
        (None, "not a number"),
        (True, "not a number"),
    ],
)
def test_a_bad_score_loses_only_itself(score: object, why: str) -> None:
    reading = valid_ratings([sent({"p": 50, "q": score, "r": "100", "s": 0})])
    assert scores(reading) == {("1", "a", "p"): 50, ("1", "a", "r"): 100, ("1", "a", "s"): 0}
    assert len(reading.rejected) == 1
    assert why in whys(reading)[0]
    assert "listener 1, trial a, stimulus q" in whys(reading)[0]


def test_the_key_names_items_and_conditions() -> None:
    reading = valid_ratings([sent({"x": 99, "y": 40}, blind=True, test="t1")], KEY)
    assert scores(reading) == {("1", "item 1", "reference"): 99, ("1", "item 1", "opus-6"): 40}


def test_names_are_taken_with_a_key_where_the_format_is_not_blind() -> None:
    by_trial = sent({"opus-6": 40, "evs": 1}, trial="b")
    by_item = sent({"reference": 90}, trial="item 1")
    reading = valid_ratings([by_trial, by_item], KEY)
    assert scores(reading) == {("1", "item 2", "opus-6"): 40, ("1", "item 1", "reference"): 90}
    assert "no such stimulus" in whys(reading)[0]


def test_unknown_stimuli_and_trials_are_rejected() -> None:
    blind = sent({"x": 99, "z": 40, "reference": 3}, blind=True, test="t1")
    reading = valid_ratings([blind, sent({"x": 1}, trial="c", blind=True, test="t1")], KEY)
    assert scores(reading) == {("1", "item 1", "reference"): 99}
    assert ["no such stimulus" in w for w in whys(reading)] == [True, True, False]
    assert "no such trial" in whys(reading)[2]


def test_results_of_another_test() -> None:
    other, ours = sent({"x": 1, "y": 2}, test="t2"), sent({"x": 3}, test="t1")
    reading = valid_ratings([other, ours], KEY)
    assert scores(reading) == {("1", "item 1", "reference"): 3}
    assert (reading.rejected[0].ratings, "'t2'" in whys(reading)[0]) == (2, True)
    with pytest.raises(ResultsError, match="2 tests: t1, t2"):
        valid_ratings([other, ours])


def test_blind_results_need_their_key() -> None:
    with pytest.raises(ResultsError, match="--key"):
        valid_ratings([sent({"x": 1}, blind=True, test="t1")])


def test_training_is_left_out_with_a_word() -> None:
    reading = valid_ratings(
        [sent({"p": 1, "q": 2}, trial="training_1", training=True), sent({"p": 5})]
    )
    assert scores(reading) == {("1", "a", "p"): 5}
    assert "2 ratings of training trials (training_1)" in reading.notes[0]


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


ANONYMOUS = "264c35db-a636-440d-b542-c3ac3916c440"


def page(trial: str, **changes: Any) -> Submission:
    names = {"listener": ANONYMOUS, "record": f"{ANONYMOUS} {trial}"}
    return sent({"opus-6": 5}, trial=trial, **(names | changes))


@pytest.mark.parametrize("item", ["training_01", "training_room", "Training"])
def test_items_called_training_are_rated_where_the_training_page_is_marked(item: str) -> None:
    reading = valid_ratings([page("training/training_room", training=True), page(item)])
    assert scores(reading) == {(ANONYMOUS, item, "opus-6"): 5}
    assert "1 ratings of training trials (training/training_room)" in reading.notes[0]


def test_items_called_training_are_rated_where_the_key_or_a_table_has_them() -> None:
    key = Key("", {"trial-01": TrialKey("training_01", {"x": "opus-6"})})
    assert len(valid_ratings([page("training_01")], key).ratings) == 1
    assert len(valid_ratings([page("training_01", listener="anna", record="")]).ratings) == 1


def test_the_training_pages_of_other_tests_are_told_by_the_usual_names() -> None:
    reading = valid_ratings(
        [page("training_1"), page("training"), page("training_room"), page("b")]
    )
    assert {item for _, item, _ in scores(reading)} == {"training_room", "b"}
    assert "(training, training_1)" in reading.notes[0]


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


def test_duplicates_in_a_table() -> None:
    ratings = (SentRating("p", 5, line=2), SentRating("p", "5", line=3), SentRating("p", 8, line=4))
    reading = valid_ratings([Submission("f", 2, "1", "a", ratings)])
    assert scores(reading) == {("1", "a", "p"): 8}
    assert [(r.line, r.why.split(": ")[1]) for r in reading.rejected] == [
        (3, "the same rating as at f:2, taken once"),
        (2, "5 is replaced by 8 at f:4"),
    ]


def test_tables_of_one_listener_are_joined() -> None:
    reading = valid_ratings([sent({"p": 5}, source="f"), sent({"q": 6}, source="g")])
    assert len(reading.ratings) == 2
    assert not reading.rejected


@pytest.mark.parametrize(
    ("changes", "stimulus"), [({"listener": ""}, "p"), ({"trial": ""}, "p"), ({}, "")]
)
def test_a_rating_without_a_name_is_rejected(changes: dict[str, Any], stimulus: str) -> None:
    reading = valid_ratings([sent({stimulus: 5}, **changes)])
    assert not reading.ratings
    assert "is named" in whys(reading)[0]


def test_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    trials = {n: {"item": t.item, "stimuli": t.stimuli} for n, t in KEY.trials.items()}
    path.write_text(json.dumps({"schema": 1, "test": "t1", "trials": trials}))
    assert read_key(path) == KEY
    assert KEY.inaudible == frozenset()
    trials["b"]["mid_anchor_audible"] = False
    path.write_text(json.dumps({"schema": 1, "test": "t1", "trials": trials}))
    assert read_key(path).inaudible == {"item 2"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read"),
        ("[]", "schema 1"),
        ('{"schema": 2}', "schema 1"),
        ('{"schema": 1, "test": "t"}', "'trials'"),
        ('{"schema": 1, "test": "t", "trials": {"a": {"item": "i", "stimuli": []}}}', "not a key"),
    ],
)
def test_what_is_no_key(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=why):
        read_key(path)
    with pytest.raises(ResultsError, match="cannot be read"):
        read_key(tmp_path / "absent.json")
