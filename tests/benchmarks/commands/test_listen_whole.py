"""A test of every type from build over the server to what its answers mean."""

import csv
import json
from uuid import uuid4

import numpy as np
import pytest

from nscbench.benchmarks.cli import main
from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.read.judged_key import read_judged_key
from nscbench.listening_test.serve.server import RatingServer
from nscbench.listening_test.votes import VOTES
from support.judged_tests import WORDS
from support.mushra_run import make_run

LISTENERS = 8
LEVELS = {"reference": 5, "late-1": 4, "noisy-6": 2}
CLIPS = ("--clip-seconds", "1", "4", "--items", "4")
SIX = "item,word,alternatives,feature\n" + "".join(
    f"{item},{word},went|sent|bent|dent|tent|rent,\n"
    for item, word in (("a", "went"), ("b", "sent"), ("c", "bent"))
)
WORDS_OF = {"drt": WORDS, "mrt": SIX}
SAYS = {
    "acr": "late-1 is better than noisy-6 by",
    "dcr": "late-1 is better than noisy-6 by",
    "ccr": "it is worse, p =",
    "ab": "late-1 is preferred to noisy-6",
    "abx": "noisy-6 and reference are told apart",
    "drt": "noisy-6",
    "mrt": "noisy-6",
}


@pytest.fixture(scope="module")
def run(speech_like, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)


def listen(*words):
    return main(["listen", *map(str, words)])


def built(run, kind, folder, *more):
    """The test of a run in a folder, by the command."""
    given = CLIPS
    if kind in WORDS_OF:
        manifest = folder.with_name(f"{kind}.csv")
        manifest.write_text(WORDS_OF[kind])
        given = ("--words", manifest)
    assert listen("build", run, "--test", kind, "--out", folder, *given, *more) == 0
    return folder


def answer_of(key, trial, random):
    """What somebody says who hears what is there."""
    if trial.expected:
        return trial.expected[0]
    heard = [LEVELS.get(name, 1) for name in trial.conditions]
    if key.kind == "ab":
        return "first" if heard[0] > heard[1] else "second"
    if key.kind in VOTES:
        wanted = heard[1] - heard[0] if key.kind == "ccr" else heard[-1]
        said = wanted + random.integers(-1, 2)
        return int(np.clip(said, min(VOTES[key.kind]), max(VOTES[key.kind])))
    understood = trial.conditions[0] == "reference" or random.random() < 0.5
    return trial.word if understood else next(w for w in trial.alternatives if w != trial.word)


def taken(folder, skips_headphones=()):
    """Have listeners take the test by way of the server; the file of results."""
    key, description = read_judged_key(key_path(folder)), read_description(folder)
    random = np.random.default_rng(0)
    server = RatingServer(folder)
    client = server.app.test_client()
    for number in range(LISTENERS):
        who = {"listener": f"l{number}", "session": f"s{number}"}
        block = client.post("/begin", json=who).get_json()["block"]
        training = [t["trial"] for t in description["trials"] if t["training"]]
        for position, name in enumerate([*training, *description["blocks"][block]]):
            trial = key.trials[name]
            record = who | {
                "schema": 1,
                "test": key.test,
                "kind": key.kind,
                "trial": name,
                "training": trial.role == "training",
                "complete": True,
                "record": str(uuid4()),
                "time": "2026-11-30T10:00:00Z",
                "order": list(trial.stimuli),
                "answer": answer_of(key, trial, random),
                "heard": [
                    {"stimulus": blind, "plays": 1, "seconds": seconds}
                    for blind, seconds in zip(trial.stimuli, trial.seconds, strict=True)
                ],
                "block": block,
                "questionnaire": {
                    "headphones": None
                    if number in skips_headphones
                    else {"correct": 6, "rounds": 6}
                },
                "position": position,
                "duration": 5.0,
            }
            assert client.post("/records", json=record).status_code == 200
    server.records.close()
    return server.records.path


@pytest.mark.parametrize("kind", SAYS)
def test_from_build_over_the_server_to_the_sentences(run, kind, tmp_path, capsys):
    results = taken(built(run, kind, tmp_path / "test"))
    capsys.readouterr()
    assert listen("analyze", results, "--out", tmp_path / "out") == 0  # the key lies beside
    said = capsys.readouterr()
    assert said.err == ""
    assert SAYS[kind] in said.out
    assert f"({kind}) of {LISTENERS} named listeners" in said.out
    assert json.loads((tmp_path / "out/analysis.json").read_text())["test"] == kind
    assert listen("monitor", results) == 0
    assert "noisy-6" in capsys.readouterr().out


def test_a_required_headphone_check_screens(run, tmp_path, capsys):
    config = tmp_path / "panel.toml"
    config.write_text('[requirements]\nheadphones = "required"\n[consent]\ntext = "Do you agree?"')
    folder = built(run, "acr", tmp_path / "test", "--config", config)
    assert read_description(folder)["configuration"]["consent"] == "Do you agree?"
    results = taken(folder, skips_headphones=(3,))
    assert listen("analyze", results, "--out", tmp_path / "out") == 0
    with (tmp_path / "out/listeners.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["listener"] for row in rows if row["excluded"] == "1"] == ["l3"]


def test_participants_of_a_configuration_are_the_listeners(run, tmp_path):
    config = tmp_path / "panel.toml"
    config.write_text('[participant]\nparameter = "PROLIFIC_PID"')
    folder = built(run, "acr", tmp_path / "test", "--config", config)
    described = read_description(folder)
    assert described["panel"]["parameter"] == "PROLIFIC_PID"
    assert described["configuration"]["participant"] == ""


def test_validity_reads_our_own_votes(run, tmp_path, capsys):
    results = taken(built(run, "dcr", tmp_path / "test"))
    words = (run, results, "--screening", "checks", "--out", tmp_path / "out")
    assert listen("validity", *words) == 0
    assert "Post-screening (checks) excludes 0 of 8 listeners" in capsys.readouterr().out
    assert json.loads((tmp_path / "out/validity.json").read_text())["recordings"] == "same"
    with (tmp_path / "out/conditions.csv").open(newline="") as file:
        assert {row["condition"] for row in csv.DictReader(file)} == {"late-1", "noisy-6"}
    other = taken(built(run, "ab", tmp_path / "other"))
    assert listen("validity", run, other) == 2
    assert "votes of ab: those of acr and dcr can be used" in capsys.readouterr().err


def test_records_need_their_key_and_come_alone(run, tmp_path, capsys):
    results = taken(built(run, "ab", tmp_path / "test"))
    table = tmp_path / "votes.csv"
    table.write_text("listener,item,first,second,choice\nx,a,p,q,p\n")
    for words, why in (
        ((results, table), "has records of our player and"),
        ((results, "--test", "acr"), "of a test of type ab, and not of acr"),
        ((results, "--key", table), "cannot be read as a key"),
    ):
        assert listen("analyze", *words, "--out", tmp_path / "out") == 2
        assert why in capsys.readouterr().err
    key_path(tmp_path / "test").rename(tmp_path / "away.json")
    assert listen("analyze", results, "--out", tmp_path / "out") == 2
    assert "need the test's key (--key); none lies in" in capsys.readouterr().err
    assert listen("analyze", results, "--key", tmp_path / "away.json", "--out", tmp_path / "o") == 0


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("[requirements]\nseconds = 2.0", (), "seconds are of mushra"),
        (
            '[participant]\nparameter = "PID"',
            ("--listener-parameter", "OTHER"),
            "but the configuration's participant is in PID",
        ),
        ("", ("--plan", "p.csv"), "--plan is of mushra only"),
    ],
)
def test_what_a_configuration_cannot_say(run, tmp_path, capsys, text, words, why):
    config = tmp_path / "panel.toml"
    config.write_text(text)
    given = CLIPS if "--plan" not in words else CLIPS[:3]
    shared = ("build", run, "--test", "acr", "--out", tmp_path / "test", *given)
    assert listen(*shared, "--config", config, *words) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "test").exists()
