"""Headphone checks and times of listening: who met them, as records tell."""

import json

import pytest

from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.analyze.screening import screen
from nscbench.listening_test.read.blind_key import Key, Requirements, TrialKey
from nscbench.listening_test.read.listening_checks import excluding, listening_checks
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings

KEY = Key("t", {"trial-01": TrialKey("item", {"aa": "reference", "bb": "opus-6"})})


def record(listener, headphones, seconds=3.0, **more):
    ratings = [
        {"stimulus": name, "score": score, "plays": 1, "seconds": seconds}
        for name, score in (("aa", 100), ("bb", 40))
    ]
    return {
        **{"schema": 1, "test": "t", "listener": listener, "session": "s", "trial": "trial-01"},
        **{"training": False, "record": listener, "time": "2026-01-01T00:00:00Z"},
        **{"order": ["aa", "bb"], "ratings": ratings, "complete": True},
        "questionnaire": {"device": "open", "headphones": headphones},
        **more,
    }


@pytest.fixture
def read(tmp_path):
    def read(*records):
        path = tmp_path / "results.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        submissions = read_results([path]).submissions
        return submissions, valid_ratings(submissions, KEY)

    return read


def verdicts(read, required, preset, *records):
    submissions, reading = read(*records)
    checks = listening_checks(submissions, reading.ratings, required)
    screening = screen(
        OpinionScores.of(reading.ratings), preset, checks=checks, required=excluding(required)
    )
    return {v.listener: (v.reasons, v.remarks) for v in screening.verdicts}, screening.checks


RECORDS = (
    record("a", {"correct": 5, "rounds": 6}),
    record("b", {"correct": 4, "rounds": 6}),
    record("c", None),
    record("d", {"correct": 6, "rounds": 6}, seconds=1.9),
    record("e", {"correct": "6", "rounds": True}),  # what no player sends: as if skipped
)
FAILED = "did not pass the headphone check (4 of 6 right)"
SKIPPED = "skipped the headphone check"
SHORT = "heard 2 of 2 signals for less than 2 s"


def test_what_was_only_offered_is_a_remark(read):
    found, counts = verdicts(read, Requirements(), "bs1534-3", *RECORDS)
    assert found["a"] == found["d"] == ((), ())
    assert found["b"] == ((), (FAILED,))
    assert found["c"] == found["e"] == ((), (SKIPPED,))
    assert counts == ("headphone: 2 of 5 listeners passed",)


@pytest.mark.parametrize("word", ["asked", "required"])
def test_what_was_required_excludes(read, word):
    found, counts = verdicts(read, Requirements(word, 2.0), "bs1534-3", *RECORDS)
    assert found["a"] == ((), ())
    assert found["b"] == ((FAILED,), ())
    assert found["c"] == ((SKIPPED,), ())
    assert found["d"] == ((SHORT,), ())
    assert counts == (
        *("headphone: 2 of 5 listeners passed", "listening time: 4 of 5 listeners passed"),
    )


def test_no_screening_excludes_nobody(read):
    found, _ = verdicts(read, Requirements("required", 2.0), "none", *RECORDS)
    assert all(not reasons for reasons, _ in found.values())
    assert found["d"] == ((), (SHORT,))


def test_tables_of_others_have_no_checks(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("listener,item,condition,score\n1,a,reference,100\n1,a,x,20\n")
    submissions = read_results([path]).submissions
    ratings = valid_ratings(submissions).ratings
    assert listening_checks(submissions, ratings, Requirements("asked", 2.0)) == ()


def test_a_participant_in_two_browsers_is_named(read):
    _, reading = read(*(record(name, None, participant="p1") for name in "ab"))
    assert reading.participants == {"a": "p1", "b": "p1"}
    assert "participant p1 is several listeners: a, b" in reading.notes
