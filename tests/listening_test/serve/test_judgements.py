"""The server takes answers of every type of test, and loses none."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from nscbench.listening_test.folder import write_description
from nscbench.listening_test.serve.judgement_check import answers_of
from nscbench.listening_test.serve.server import RatingServer
from nscbench.listening_test.votes import TESTS

LISTENERS, TRIALS = 50, 8


def description_of(kind, parameter=""):
    """A test of eight trials in two blocks, and one for training."""
    trials = [
        {
            "trial": f"trial-{n}" if n else "training-1",
            "training": not n,
            "stimuli": [f"{n}a", f"{n}b"],
            "words": ["veal", "feel"],
        }
        for n in range(TRIALS + 1)
    ]
    names = [trial["trial"] for trial in trials[1:]]
    return {
        "schema": 1,
        "test": f"{kind}-1",
        "kind": kind,
        "tie": False,
        "panel": {"parameter": parameter},
        "blocks": [names[::2], names[1::2]],
        "trials": trials,
    }


@pytest.fixture(params=["acr"])
def server(request, tmp_path):
    made = start(tmp_path, description_of(request.param))
    yield made
    made.records.close()


def start(tmp_path, description):
    folder = tmp_path / "test"
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text("")
    write_description(description, folder)
    return RatingServer(folder)


def record_of(description, number=1, **changes):
    trial = description["trials"][number]
    return {
        "schema": 1,
        "test": description["test"],
        "kind": description["kind"],
        "listener": "l1",
        "session": "s1",
        "trial": trial["trial"],
        "training": trial["training"],
        "complete": True,
        "record": str(uuid4()),
        "time": "2026-11-30T10:00:00Z",
        "order": trial["stimuli"],
        "answer": answers_of(trial, description)[0],
        "heard": [{"stimulus": name, "plays": 1, "seconds": 2.5} for name in trial["stimuli"]],
        "block": 0,
        "questionnaire": {"headphones": None},
        "seed": 1,
        "position": number,
        "duration": 9.5,
        "comment": "",
    } | changes


@pytest.mark.parametrize("kind", TESTS)
def test_every_answer_of_every_type_is_kept(kind, tmp_path):
    description = description_of(kind)
    made = start(tmp_path, description)
    client = made.app.test_client()
    sent = [
        record_of(description, answer=a) for a in answers_of(description["trials"][1], description)
    ]
    sent.append(record_of(description, answer=None, complete=False))
    for record in sent:
        assert client.post("/records", json=record).status_code == 200
    made.records.close()
    lines = Path(f"{made.folder}.results.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == sent


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "dcr"}, "kind is 'dcr'; this test is acr"),
        ({"answer": 6}, "answer 6 is none of 1, 2, 3, 4, 5"),
        ({"answer": None}, "answer None is none"),
        ({"answer": True}, "answer True is none"),
        ({"answer": [1]}, "answer [1] is none"),
        ({"order": ["1b", "1a"]}, "order is not that of the trial"),
        ({"heard": []}, "heard does not hold each"),
        ({"heard": 3}, "heard is not a list"),
        ({"block": 2}, "block 2 is none"),
        ({"block": None}, "block None is none"),
        ({"ratings": []}, "unknown key 'ratings'"),
        (
            {
                "heard": [{"stimulus": "1a", "plays": -1, "seconds": 1}] * 1
                + [{"stimulus": "1b", "plays": 1, "seconds": 1}]
            },
            "plays and seconds",
        ),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(server, changes, why):
    client = server.app.test_client()
    answer = client.post("/records", json=record_of(server.description, **changes))
    assert answer.status_code == 400
    assert why in answer.text
    assert len(server.records) == 0


def test_fifty_listeners_at_once_lose_nothing(server):
    """Each asks for a block, then sends every trial of it, twice over."""
    description = server.description

    def take(number):
        client = server.app.test_client()
        who = {"listener": f"l{number}", "session": f"s{number}"}
        block = client.post("/begin", json=who).get_json()["block"]
        names = {"training-1", *description["blocks"][block]}
        sent = [
            record_of(description, place, **who, block=block, answer=1 + (number + place) % 5)
            for place, trial in enumerate(description["trials"])
            if trial["trial"] in names
        ]
        codes = [client.post("/records", json=one).status_code for one in (*sent, *sent)]
        return block, sent, codes

    with ThreadPoolExecutor(LISTENERS) as pool:
        taken = list(pool.map(take, range(LISTENERS)))
    assert {code for _, _, codes in taken for code in codes} == {200}
    assert sorted(block for block, _, _ in taken).count(0) == LISTENERS // 2
    lines = map(json.loads, Path(f"{server.folder}.results.jsonl").read_text().splitlines())
    kept = {line["record"]: line for line in lines}
    sent = [one for _, records, _ in taken for one in records]
    assert len(sent) == LISTENERS * (1 + TRIALS // 2)
    assert kept == {one["record"]: one for one in sent}


def test_a_restarted_server_knows_who_was_there(tmp_path):
    description = description_of("acr", "PROLIFIC_PID")
    first = start(tmp_path, description)
    client = first.app.test_client()
    assert client.post("/begin", json={"listener": "p1", "session": "s1"}).get_json() == {
        "block": 0
    }
    record = record_of(description, listener="p1")
    assert client.post("/records", json=record).status_code == 200
    first.records.close()
    second = start(tmp_path, description)
    client = second.app.test_client()
    answer = client.post("/begin", json={"listener": "p1", "session": "s2"})
    assert answer.status_code == 409
    other = record_of(description, 3, listener="p1", session="s2")
    assert client.post("/records", json=other).status_code == 409
    again = record_of(description, 3, listener="p1", session="s1")
    assert client.post("/records", json=again).status_code == 200
    second.records.close()


@pytest.mark.parametrize("sent", [{}, {"listener": "a"}, {"listener": "a", "session": "x" * 65}])
def test_who_begins_has_a_name_and_a_session(server, sent):
    assert server.app.test_client().post("/begin", json=sent).status_code == 400
