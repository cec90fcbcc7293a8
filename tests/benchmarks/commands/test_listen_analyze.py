"""`listen analyze` and `listen monitor`: what they write, say, and refuse."""

import argparse
import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.commands import listen_analyze
from nscbench.listening_test.analyze.bitrates import curves_of
from nscbench.listening_test.read.vote_files import read_votes
from nscbench.listening_test.schema import ResultsError
from support.mushra_run import write_values

LEVELS = {"opus-6": 2.6, "<b>codec</b>": 3.6, "mel2mel-3": 3.1, "reference": 4.7, "anchor35": 1.5}
COMMON = {"index.html", "analysis.json", "votes.csv", "rejected.csv", "listeners.csv"}


def run(*words):
    parser = argparse.ArgumentParser()
    listen_analyze.add_parsers(parser.add_subparsers(required=True))
    arguments = parser.parse_args([str(word) for word in words])
    return int(arguments.command(arguments))


def table(path, head, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])
    return path


@pytest.fixture
def opinions(tmp_path):
    """Votes of 9 listeners on 6 items; the last one says 3 to everything."""
    random = np.random.default_rng(0)
    rows = [
        [n, f"item{k}", name, 3 if n == 8 else int(np.clip(np.rint(random.normal(m, 0.5)), 1, 5))]
        for n in range(9)
        for k in range(6)
        for name, m in LEVELS.items()
    ]
    return table(tmp_path / "votes.csv", "listener,item,condition,score", rows)


@pytest.fixture
def choices(tmp_path):
    random = np.random.default_rng(1)
    rows = [
        [n, k, a, b, a if random.random() < 0.85 else b]
        for n in range(12)
        for k in range(3)
        for a, b in (("a", "b"), ("b", "c"), ("a", "c"))
    ]
    return table(tmp_path / "choices.csv", "listener,item,first,second,choice", rows)


def read(path: Path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_opinions_before_and_after_screening(opinions, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("analyze", opinions, "--out", out, "--screening", "strict") == 0
    tables = {"conditions.csv", "pairs.csv", "distribution.csv", "categories.svg", "scale.svg"}
    assert {path.name for path in out.iterdir()} == COMMON | tables
    stages = [row["listeners_counted"] for row in read(out / "conditions.csv")]
    assert stages == ["all listeners"] * 5 + ["after screening"] * 5
    assert [r["listener"] for r in read(out / "listeners.csv") if r["excluded"] == "1"] == ["8"]
    said = capsys.readouterr().out
    assert "Listener 8 gave the answer 3 all 30 times: excluded." in said
    assert "Rule 'same answers' excludes 1 of 9 listeners." in said
    assert "<b>codec</b> is better than opus-6 by" in said
    page = (out / "index.html").read_text("utf-8")
    assert "<b>codec" not in page
    assert "&lt;b&gt;codec&lt;/b&gt; is better than opus-6" in page
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)


def test_the_document_has_every_number_unrounded(opinions, tmp_path):
    run("analyze", opinions, "--out", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "analysis.json").read_text("utf-8"))
    rows = read(tmp_path / "out" / "pairs.csv")
    assert document["test"] == "acr"
    assert [p["p_holm"] for p in document["after"]["pairs"]] == [
        float(r["p_holm"]) for r in rows if r["listeners_counted"] == "after screening"
    ]


def test_votes_taken_can_be_read_again(opinions, choices, tmp_path):
    for given in (opinions, choices):
        run("analyze", given, "--out", tmp_path / "out")
        again = read_votes([tmp_path / "out" / "votes.csv"])
        assert (again.rows, again.test) == ((own := read_votes([given])).rows, own.test)


def test_preferences(choices, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("analyze", choices, "--out", out) == 0
    tables = {"preferences.csv", "worths.csv", "worth_pairs.csv", "preferences.svg", "scale.svg"}
    assert {path.name for path in out.iterdir()} == COMMON | tables
    said = capsys.readouterr().out
    assert "a is preferred to c: " in said
    assert "On the Bradley-Terry scale: a (+" in said


FEATURES = ("nasality", "voicing")


def test_words_and_discrimination(tmp_path, capsys):
    rows = [
        [n, k, c, "p", "p" if n % 3 or c == "x" or not k else "b", "p|b", FEATURES[k > 0]]
        for n in range(6)
        for k in range(4)
        for c in "xy"
    ]
    words = table(
        tmp_path / "w.csv", "listener,item,condition,asked,given,alternatives,feature", rows
    )
    assert run("analyze", words, "--out", tmp_path / "words") == 0
    assert "y is least understood in voicing: 33.3 %" in capsys.readouterr().out
    assert (tmp_path / "words" / "intelligibility.svg").exists()
    heard = [[n, 1, "x", "reference", "a", "ab"[n % 4 == 0]] for n in range(16)]
    abx = table(tmp_path / "x.csv", "listener,item,condition,other,asked,given", heard)
    assert run("analyze", abx, "--out", tmp_path / "abx") == 0
    assert "x and reference are told apart: 12 of 16 right" in capsys.readouterr().out


def test_a_run_puts_bitrates_and_metrics_beside(opinions, tmp_path):
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    columns = {"pesq_wb": 2.5, "seconds": 2.0, "payload_bits": 12_000.0}
    write_values(
        run_folder,
        [
            [name, f"item{k}", 0, column, value + k / 10, ""]
            for name in ("opus-6", "mel2mel-3", "unheard-1")
            for k in range(6)
            for column, value in columns.items()
        ],
    )
    out = tmp_path / "out"
    assert run("analyze", opinions, "--out", out, "--run", run_folder) == 0
    assert (out / "bitrate.svg").exists()
    curves = curves_of(run_folder, ["opus-6"])
    assert curves.kbps["opus-6"] == pytest.approx(6 * 12_000.25 / 6 / 2.25 / 1000)
    values, lower_is_better = curves.columns["pesq_wb"]
    assert values["mel2mel-3"] == pytest.approx(2.75)
    assert not lower_is_better
    with pytest.raises(ResultsError, match="none of the judged conditions"):
        curves_of(run_folder, ["other"])


def test_what_is_not_taken_is_named(tmp_path, capsys):
    path = tmp_path / "votes.csv"
    path.write_text("listener,item,condition,score\nA,i,c,9\nA,i,d,4\n")
    assert run("analyze", path, "--out", tmp_path / "out") == 0
    assert f"not taken: {path}:2: the score 9 is no category" in capsys.readouterr().err
    assert [r["line"] for r in read(tmp_path / "out" / "rejected.csv")] == ["2"]


def test_nobody_left(tmp_path, capsys):
    rows = [["A", f"i{k}", "xy"[k % 2], 4] for k in range(6)]
    path = table(tmp_path / "votes.csv", "listener,item,condition,score", rows)
    assert run("analyze", path, "--out", tmp_path / "out", "--screening", "strict") == 0
    assert "No listener is left: nothing is said." in capsys.readouterr().out
    assert "post-screening left none" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert run("monitor", path, "--screening", "strict") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--margin", "7"], "a margin of 7 for acr; it lies between 0 and 4"),
        (["--test", "ab"], "has scores, and no votes of ab"),
        (["--categories", "x"], "2 to 5"),
        (["--run", "nowhere"], "nowhere"),
    ],
)
def test_refusals(opinions, tmp_path, capsys, words, message):
    assert run("analyze", opinions, "--out", tmp_path / "out", *words) == 2
    assert message in capsys.readouterr().err


def test_monitor(opinions, choices, tmp_path, capsys):
    out = tmp_path / "looks.csv"
    assert run("monitor", opinions, "--votes-per-listener", "12", "--out", out) == 0
    said = capsys.readouterr().out
    assert "<b>codec</b> and opus-6: decided after" in said.replace(
        "opus-6 and <b>codec</b>", "<b>codec</b> and opus-6"
    )
    assert len(read(out)) == 3 * 9
    assert run("monitor", choices) == 0
    assert "a and c: " in capsys.readouterr().out
    assert run("monitor", opinions, "--votes-per-listener", "0") == 2
