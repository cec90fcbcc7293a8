"""The words of a listening test: which conditions are systems, and what is a score."""

import pytest

from nscbench.listening_test.schema import Rejected, Submission, is_system, score_of, visible


@pytest.mark.parametrize(
    ("condition", "system"),
    [
        ("reference", False),
        ("anchor35", False),
        ("anchor70", False),
        ("mnru-15", False),
        ("mnru-x", True),
        ("anchor-10k", False),
        ("anchor-", True),
        ("anchor_low", True),
        ("opus-6", True),
        ("Reference", False),
        (" ANCHOR35", False),
        ("Mnru-15", False),
        ("reference-6", True),
    ],
)
def test_systems_are_neither_hidden_reference_nor_anchors(condition: str, system: bool) -> None:
    assert is_system(condition) is system


@pytest.mark.parametrize(
    ("sent", "score"), [(0, 0.0), (100, 100.0), (55.5, 55.5), (" 77 ", 77.0), ("+.5", 0.5)]
)
def test_scores_are_numbers_or_their_text(sent: object, score: float) -> None:
    assert score_of(sent) == score


@pytest.mark.parametrize("sent", [None, True, "", "1e1", "77 %", float("nan"), "inf", [50]])
def test_what_is_no_number_is_no_score(sent: object) -> None:
    assert score_of(sent) == f"the score {sent!r} is not a number"


@pytest.mark.parametrize("sent", [-0.1, 100.5, "101", 10**4000, -(10**4000)])
def test_scores_lie_within_the_scale(sent: object) -> None:
    assert "outside 0-100" in str(score_of(sent))


@pytest.mark.parametrize("sent", ["9" * 4000, "x" * 100_000, ["x" * 100_000], 10**4000])
def test_the_word_for_a_bad_score_is_short(sent: object) -> None:
    assert len(str(score_of(sent))) < 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("größe 5 $x", "größe 5 $x"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\ud83db", "a\\ud83db"),
        ("a\x1b[2Jb\n", "a\\x1b[2Jb\\n"),
        ("a\u202eb", "a\\u202eb"),
        ("a\0b", "a\\x00b"),
    ],
)
def test_names_are_shown_by_signs_only(name: str, shown: str) -> None:
    assert visible(name) == shown


def test_a_listener_is_anonymous_whose_name_a_tool_made_for_one_act_of_sending() -> None:
    uuid = "264c35db-a636-440d-b542-c3ac3916c440"
    assert Submission("f", 1, uuid, "t", (), record="r").anonymous
    assert not Submission("f", 1, uuid, "t", ()).anonymous
    assert not Submission("f", 1, "Ann", "t", (), record="r").anonymous


def test_what_is_rejected_names_its_place() -> None:
    rejected = Submission("f.csv", 7, "1", "t", ()).rejected("why")
    assert rejected == Rejected("f.csv", 7, "why", 0)
    assert str(rejected) == "f.csv:7: why"
