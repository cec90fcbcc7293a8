"""Records of our player become votes, by the key of their test."""

import json
from uuid import uuid4

import pytest

from nscbench.benchmarks.cli import main
from nscbench.listening_test.read.own_votes import read_own_votes
from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.votes import (
    ATTENTION,
    GOLD,
    HEADPHONES,
    LISTENING_TIME,
    NULL_PAIR,
    Answer,
    Choice,
    Vote,
)

HEARD = {
    "acr": [("noisy",), ("reference",)],
    "dcr": [("reference", "noisy"), ("reference", "late")],
    "ccr": [("reference", "noisy"), ("noisy", "reference")],
    "ab": [("noisy", "late"), ("late", "noisy")],
    "abx": [("reference", "noisy", "noisy"), ("noisy", "reference", "noisy")],
    "drt": [("noisy",), ("reference",)],
}
RIGHT = {"abx": ["b", "a"]}


def key_of(kind, stopping="fixed"):
    trials = {}
    cases = [("training", HEARD[kind][0], ()), *(("rated", heard, ()) for heard in HEARD[kind])]
    if kind == "acr":
        cases += [(GOLD, ("reference",), (4, 5)), (ATTENTION, ("tones-2",), (2,))]
    if kind == "dcr":
        cases += [(NULL_PAIR, ("reference", "reference"), (4, 5))]
    for number, (role, heard, expected) in enumerate(cases):
        if kind == "abx":
            expected = tuple(RIGHT[kind][max(0, number - 1)])
        order = [f"{number}{place}" for place in range(len(heard))]
        trials[f"trial-{number}"] = {
            "item": f"item{number}",
            "role": role,
            "training": role == "training",
            "order": order,
            "stimuli": dict(zip(order, heard, strict=True)),
            "seconds": [2.0] * len(heard),
            "expected": expected,
            "word": "veal",
            "alternatives": ["feel", "veal"],
            "feature": "voicing",
        }
    return {
        "schema": 1,
        "test": f"{kind}-1",
        "kind": kind,
        "against": "reference" if kind in ("ccr", "abx") else "",
        "tie": kind == "ab",
        "stopping": {"rule": stopping},
        "trials": trials,
    }


def record_of(key, number, answer, **changes):
    trial = key["trials"][f"trial-{number}"]
    return {
        "schema": 1,
        "test": key["test"],
        "kind": key["kind"],
        "listener": "l1",
        "session": "s1",
        "trial": f"trial-{number}",
        "training": trial["training"],
        "complete": True,
        "record": str(uuid4()),
        "time": f"2026-11-30T10:00:0{number}Z",
        "order": trial["order"],
        "answer": answer,
        "heard": [{"stimulus": name, "plays": 1, "seconds": 2.0} for name in trial["order"]],
        "block": 0,
        "questionnaire": {"headphones": {"correct": 5, "rounds": 6}},
        "position": number,
        "duration": 8.5,
    } | changes


@pytest.fixture
def read(tmp_path):
    def of(key, records):
        (tmp_path / "test.key.json").write_text(json.dumps(key))
        path = tmp_path / "test.results.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return read_own_votes([path], tmp_path / "test.key.json")

    return of


TOLD = {"session": "s1", "seconds": 8.5}


@pytest.mark.parametrize(
    ("kind", "answers", "rows"),
    [
        (
            "acr",
            [2, 5],
            [
                Vote("l1", "item1", "noisy", 2.0, trial="trial-1", **TOLD),
                Vote("l1", "item2", "reference", 5.0, trial="trial-2", **TOLD),
            ],
        ),
        (
            "dcr",
            [3, 1],
            [
                Vote("l1", "item1", "noisy", 3.0, trial="trial-1", **TOLD),
                Vote("l1", "item2", "late", 1.0, trial="trial-2", **TOLD),
            ],
        ),
        (  # the second against the first: turned where the reference came second
            "ccr",
            [-2, 1],
            [
                Vote("l1", "item1", "noisy", -2.0, "reference", "trial-1", **TOLD),
                Vote("l1", "item2", "noisy", -1.0, "reference", "trial-2", **TOLD),
            ],
        ),
        (
            "ab",
            ["second", "neither"],
            [
                Choice("l1", "item1", "noisy", "late", "late", "trial-1", **TOLD),
                Choice("l1", "item2", "late", "noisy", "", "trial-2", **TOLD),
            ],
        ),
        (
            "drt",
            ["veal", "feel"],
            [
                Answer(
                    "l1",
                    f"item{n}",
                    condition,
                    "veal",
                    given,
                    ("feel", "veal"),
                    "voicing",
                    trial=f"trial-{n}",
                    **TOLD,
                )
                for n, condition, given in ((1, "noisy", "veal"), (2, "reference", "feel"))
            ],
        ),
        (
            "abx",
            ["b", "b"],
            [
                Answer(
                    "l1", "item1", "reference", "b", "b", ("a", "b"), "", "noisy", "trial-1", **TOLD
                ),
                Answer(
                    "l1", "item2", "noisy", "a", "b", ("a", "b"), "", "reference", "trial-2", **TOLD
                ),
            ],
        ),
    ],
)
def test_answers_become_what_they_say_of_the_conditions(read, kind, answers, rows):
    key = key_of(kind)
    votes = read(key, [record_of(key, n, answer) for n, answer in enumerate(answers, 1)])
    assert votes.test == kind
    assert list(votes.rows) == rows
    assert votes.rejected == ()


def test_checks_are_no_votes(read):
    key = key_of("acr")
    records = [
        record_of(key, n, answer)
        for n, answer in enumerate([3, 2, 5, 3, 4])  # training, two rated, gold, attention
    ]
    records[2]["heard"][0]["seconds"] = 0.5
    votes = read(key, records)
    assert len(votes.rows) == 2
    assert votes.notes == ("1 answers of training trials are left out",)
    found = {(check.kind, check.passed, check.detail) for check in votes.checks}
    assert found == {
        (GOLD, False, "trial-3: answered 3, expected 4 or 5"),
        (ATTENTION, False, "trial-4: answered 4, expected 2"),
        (HEADPHONES, True, "5 of 6 rounds right"),
        (LISTENING_TIME, False, "3 of 4 trials were heard long enough"),
    }


def test_null_pairs_and_a_skipped_check_are_told(read):
    key = key_of("dcr")
    votes = read(key, [record_of(key, 3, 5, questionnaire={"headphones": None})])
    assert votes.rows == ()
    assert [(c.kind, c.passed) for c in votes.checks] == [
        (NULL_PAIR, True),
        (HEADPHONES, False),
        (LISTENING_TIME, True),
    ]


def test_what_is_sent_twice_counts_once_and_drafts_do_not(read):
    key = key_of("acr")
    first = record_of(key, 1, 2)
    later = record_of(key, 1, 4, time="2026-11-30T11:00:00Z")
    draft = record_of(key, 2, None, complete=False)
    votes = read(key, [first, first, later, draft])
    assert [row.score for row in votes.rows] == [4.0]
    whys = " / ".join(entry.why for entry in votes.rejected)
    assert "taken once" in whys
    assert "replaced by the record" in whys
    assert "has not finished trial trial-2" in whys


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"test": "acr-2"}, "of test 'acr-2'; the key is of 'acr-1'"),
        ({"answer": 7}, "the answer 7 is none that is offered"),
        ({"answer": "4"}, "the answer '4' is none"),
        ({"order": ["x"]}, "what was heard is not what the key has"),
        ({"trial": "trial-99"}, "the key has no such trial"),
        ({"listener": ""}, "the record has no listener"),
        ({"schema": 2}, "schema 2, not 1"),
    ],
)
def test_what_is_not_of_the_test_is_named(read, changes, why):
    key = key_of("acr")
    votes = read(key, [record_of(key, 1, 4), record_of(key, 2, 4) | changes])
    assert len(votes.rows) == 1
    (entry,) = votes.rejected
    assert why in entry.why
    assert entry.line == 2


def test_records_of_mushra_and_torn_lines_stop_nothing(read, tmp_path):
    key = key_of("acr")
    read(key, [record_of(key, 1, 4), {"ratings": []}])
    path = tmp_path / "test.results.jsonl"
    path.write_text(path.read_text() + '{"schema": 1, "te')
    votes = read_own_votes([path], tmp_path / "test.key.json")
    assert len(votes.rows) == 1
    assert "a record of MUSHRA" in votes.rejected[1].why
    assert "torn or damaged" in votes.rejected[0].why


def test_sequential_stopping_is_stated_with_its_decisions(read):
    key = key_of("abx", "sequential")
    for n in range(3, 12):
        key["trials"][f"trial-{n}"] = key["trials"]["trial-1"] | {"item": f"item{n}"}
    records = [record_of(key, n, "b", time="2026-11-30T10:00:00Z") for n in (1, *range(3, 10))]
    votes = read(key, records)
    assert "of 1 listeners and pairs, 1 are decided as heard, 0 as guessed" in votes.notes[0]
    votes = read(key, records[:7])
    assert "0 are decided as heard, 0 as guessed, 1 are not decided" in votes.notes[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read as a key"),
        ('{"schema": 2}', "not a key of schema 1"),
        ('{"schema": 1, "test": "m"}', "of type 'mushra', none of acr"),
        ('{"schema": 1, "kind": "acr", "test": "m"}', "not a whole key"),
    ],
)
def test_a_key_of_something_else_is_refused(tmp_path, text, why):
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(ResultsError, match=why):
        read_own_votes([], tmp_path / "key.json")


def test_mushra_says_whose_records_these_are(tmp_path, capsys):
    key = key_of("acr")
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps(record_of(key, 1, 4)))
    assert main(["mushra", "analyze", str(path)]) == 2
    assert "of a test of type 'acr': see `nscbench listen`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"order": 5}, "what was heard is not what the key has of this trial"),
        ({"order": None}, "what was heard is not what the key has of this trial"),
        ({"kind": "dcr"}, "of a test of type 'dcr'; the key is of one of type acr"),
    ],
)
def test_a_damaged_record_costs_itself_alone(read, changes, why):
    key = key_of("acr")
    votes = read(key, [record_of(key, 1, 3), record_of(key, 2, 4, **changes)])
    assert [row.score for row in votes.rows] == [3]
    assert [entry.why.rpartition("trial-2: ")[2] for entry in votes.rejected] == [why]
