"""Which ratings are taken, and why others are not."""

from typing import Any

import pytest

from nscbench.listening_test.read.blind_key import Key, TrialKey
from nscbench.listening_test.read.roles import parse_roles
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import ResultsError, SentRating, Submission
from support.submissions import KEY, scores, sent, whys


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


def test_the_words_of_the_method_are_known_whatever_their_case() -> None:
    given = {"Reference": 99, " ANCHOR35": 10, "Anchor70": 30, "opus": 70}
    reading = valid_ratings([sent(given)])
    assert [r.condition for r in reading.ratings] == ["reference", "anchor35", "anchor70", "opus"]
    assert reading.notes == ()
    twice = valid_ratings([sent({"Reference": 99, "reference": 98})])
    assert scores(twice) == {("1", "a", "reference"): 98}
    assert "99 is replaced by 98" in whys(twice)[0]


def test_what_only_looks_like_a_word_of_the_method_is_asked_about() -> None:
    ratings = [sent({"hidden_ref": 99, "Opus": 70, "opus": 60, "Anchor 3.5": 1})]
    with pytest.raises(ResultsError, match="is 'hidden_ref' the hidden reference"):
        valid_ratings(ratings)
    reading = valid_ratings(ratings, roles=parse_roles("hidden_ref", ["Anchor 3.5=anchor35"]))
    assert [r.condition for r in reading.ratings] == ["reference", "Opus", "opus", "anchor35"]
    assert reading.notes == ("'Opus' and 'opus' are taken for two systems",)


def test_a_key_leaves_no_question() -> None:
    with pytest.raises(ResultsError, match="the key says what is reference and anchor"):
        valid_ratings([sent({"x": 1})], KEY, parse_roles("x", None))


def test_names_of_a_key_are_known_whatever_their_case() -> None:
    reading = valid_ratings([sent({"Reference": 99}, trial="item 1")], KEY)
    assert scores(reading) == {("1", "item 1", "reference"): 99}


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


def test_duplicates_in_a_table() -> None:
    ratings = (SentRating("p", 5, line=2), SentRating("p", "5", line=3), SentRating("p", 8, line=4))
    reading = valid_ratings([Submission("f", 2, "1", "a", ratings)])
    assert scores(reading) == {("1", "a", "p"): 8}
    assert [(r.line, r.why.split(": ")[1]) for r in reading.rejected] == [
        (3, "the same rating as at f:2, taken once"),
        (2, "5 is replaced by 8 at f:4"),
    ]


@pytest.mark.parametrize(
    ("changes", "stimulus"), [({"listener": ""}, "p"), ({"trial": ""}, "p"), ({}, "")]
)
def test_a_rating_without_a_name_is_rejected(changes: dict[str, Any], stimulus: str) -> None:
    reading = valid_ratings([sent({stimulus: 5}, **changes)])
    assert not reading.ratings
    assert "is named" in whys(reading)[0]
