"""`mushra analyze` and `mushra plan`: what they write, say, and refuse."""

import argparse
import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.commands import mushra_analyze
from support.mushra_run import write_values

SYSTEMS = {"opus-6": 60.0, "<b>codec</b>": 75.0, "mel2mel-3": 40.0}
LEVELS = SYSTEMS | {"reference": 99.0, "anchor70": 35.0, "anchor35": 12.0}
ITEMS = [f"item{k}" for k in range(6)]
FILES = {
    "index.html",
    "analysis.json",
    "conditions.csv",
    "pairs.csv",
    "listeners.csv",
    "ratings.csv",
    "rejected.csv",
    "box.svg",
    "violin.svg",
    "intervals.svg",
}


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    mushra_analyze.add_parsers(parser.add_subparsers(required=True))
    arguments = parser.parse_args([str(word) for word in words])
    return int(arguments.command(arguments))


def ratings(listeners: int) -> list[list[object]]:
    """A long table; the last listener of more than 8 takes the reference for the worst."""
    generator = np.random.default_rng(0)
    rows: list[list[object]] = []
    for n in range(listeners):
        for item in ITEMS:
            for name, level in LEVELS.items():
                score = float(np.clip(level + generator.normal(0, 4), 0, 100))
                if name == "reference":
                    score = 5.0 if n == 8 else 100.0
                rows.append([n + 1, item, name, f"{score:.1f}"])
    return rows


def table(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["listener", "item", "condition", "score"], *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_whole_analysis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ratings(9), [1, "item0", "opus-6", 140]]
    out = tmp_path / "out"
    assert run("analyze", table(tmp_path / "r.csv", rows), "--out", out) == 0
    said = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == FILES
    assert "Read 324 ratings of 9 listeners, 6 items and 6 conditions from 1 file." in said.out
    assert "Listener 9 rated the hidden reference below 90 for 6 of 6 items: excluded." in said.out
    assert re.search(
        r"<b>codec</b> is better than opus-6 by 1\d\.\d points \[\d+\.\d, \d+\.\d\], "
        r"p = 0\.0\d+ \(Holm\)\.",
        said.out,
    )
    assert f"{tmp_path / 'r.csv'}:326: listener 1, trial item0" in said.err
    assert "140 is outside 0-100" in said.err

    document = json.loads((out / "analysis.json").read_text(), parse_constant=pytest.fail)
    assert document["before"]["listeners"] == 9
    assert document["after"]["listeners"] == 8
    assert [c["condition"] for c in document["after"]["conditions"]][:2] == [
        "reference",
        "<b>codec</b>",
    ]
    assert len(read(out / "pairs.csv")) == 2 * 3
    assert [row["excluded"] for row in read(out / "listeners.csv")] == ["0"] * 8 + ["1"]
    assert len(read(out / "ratings.csv")) == 324
    assert "140" in read(out / "rejected.csv")[0]["why"]


def test_the_page_is_one_offline_file_and_escapes_names(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("analyze", table(tmp_path / "r.csv", ratings(8)), "--out", out) == 0
    page = (out / "index.html").read_text()
    assert "&lt;b&gt;codec&lt;/b&gt;" in page
    assert "<b>codec" not in page
    assert page.count("<svg") == 3
    assert page.index("<svg") < page.index("<h2>")  # plots first
    assert len(ids := re.findall(r'\bid="([^"]+)"', page)) == len(set(ids))
    assert "prefers-color-scheme: dark" in page
    assert not re.search("#1b1b1f|#fffffe", page[page.index("<svg") :])  # the page's colours
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert not re.search(r"<img(?![^>]*\balt=)", page)
    assert "<script" not in page


def test_the_ratings_written_are_read_again(tmp_path: Path) -> None:
    assert run("analyze", table(tmp_path / "r.csv", ratings(8)), "--out", tmp_path / "a") == 0
    assert run("analyze", tmp_path / "a" / "ratings.csv", "--out", tmp_path / "b") == 0
    first, second = (json.loads((tmp_path / d / "analysis.json").read_text()) for d in "ab")
    assert first["after"] == second["after"]
    for name in ("box.svg", "violin.svg", "intervals.svg", "ratings.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("listeners", [1, 2])
def test_one_and_two_listeners(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], listeners: int
) -> None:
    out = tmp_path / "out"
    assert run("analyze", table(tmp_path / "r.csv", ratings(listeners)), "--out", out) == 0
    said = capsys.readouterr().out
    assert "no interval and no test is given" in said
    counted = "1 listener" if listeners == 1 else "2 listeners"
    assert f"  {counted}\n" in said
    assert f"before post-screening. {counted}, 6 items, " in " ".join(
        (out / "index.html").read_text().split()
    )
    assert {path.name for path in out.iterdir()} == FILES
    assert not read(out / "pairs.csv")
    assert {row["mean_t_low"] for row in read(out / "conditions.csv")} == {""}


def test_no_listener_left_after_screening(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[n, item, c, 50] for n in range(4) for item in ITEMS for c in ("reference", "a", "b")]
    out = tmp_path / "out"
    write_values(
        tmp_path, [[c, item, 0, "pesq_wb", k, ""] for k, c in enumerate("ab") for item in ITEMS]
    )
    words = ("analyze", table(tmp_path / "r.csv", rows), "--out", out, "--run", tmp_path)
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == FILES
    assert "Not computed: no listener is left after post-screening." in said
    assert "no listener is left" in (out / "index.html").read_text()
    assert "excludes 4 of 4 listeners" in said
    assert "gave every stimulus the score 50" in said
    assert "No listener: no interval and no test is given" in said
    assert len(read(out / "conditions.csv")) == 3  # all listeners only


def test_blind_results_with_their_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trials = {
        item: {"item": item, "stimuli": {f"{item}-{k}": name for k, name in enumerate(LEVELS)}}
        for item in ITEMS
    }
    records = [
        {
            "schema": 1,
            "test": "t",
            "listener": f"L{n}",
            "session": "s",
            "trial": item,
            "training": False,
            "record": f"{n}-{item}",
            "time": "2026-01-01T00:00:00Z",
            "order": [],
            "ratings": [
                {"stimulus": f"{item}-{k}", "score": level - n, "plays": 1, "seconds": 1 + n}
                for k, level in enumerate(LEVELS.values())
            ],
        }
        for n in range(7)
        for item in ITEMS
    ]
    (tmp_path / "key.json").write_text(json.dumps({"schema": 1, "test": "t", "trials": trials}))
    results = tmp_path / "results.jsonl"
    results.write_text("".join(json.dumps(r) + "\n" for r in [*records, records[0]]))
    assert run("analyze", results, "--out", tmp_path / "out") == 2
    assert "--key" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    words = ("analyze", results, "--key", tmp_path / "key.json", "--out", tmp_path / "out")
    assert run(*words) == 0
    assert "taken once" in capsys.readouterr().err
    assert read(tmp_path / "out" / "listeners.csv")[0]["items"] == "6"


def test_metrics_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_values(
        tmp_path,
        [[c, item, 0, "pesq_wb", 1 + k, ""] for item in ITEMS for k, c in enumerate(SYSTEMS)],
    )
    results, out = table(tmp_path / "r.csv", ratings(8)), tmp_path / "out"
    assert run("analyze", results, "--out", out, "--run", tmp_path) == 0
    said = capsys.readouterr().out
    assert "pesq_wb: Spearman's rho = " in said
    assert "ranks 2 of 3 pairs the other way round" in said
    found = read(out / "correlations.csv")
    assert [row["level"] for row in found] == ["stimuli"] * 3 + ["conditions"] * 3
    assert "listeners prefer opus-6 to" in " ".join((out / "index.html").read_text().split())
    assert run("analyze", results, "--out", out, "--run", tmp_path / "absent") == 2
    assert run("analyze", results, "--out", out) == 0
    assert {path.name for path in out.iterdir()} == FILES  # none of the earlier correlations


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no rating in"),
        ("listener,item,condition,score\n1,a,x,101\n", "no rating in"),
        ("a,b\n1,2\n", "no table of ratings"),
    ],
)
def test_nothing_to_analyse_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)
    assert run("analyze", path, "--out", tmp_path / "out") == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_bad_margin_is_refused(tmp_path: Path) -> None:
    results = table(tmp_path / "r.csv", ratings(3))
    assert run("analyze", results, "--margin", "-1", "--out", tmp_path / "out") == 2


def test_a_plan_and_its_assignment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "assignment.csv"
    words = ("plan", "--difference", 5, "--power", 0.8, "--spread", 12, "--items", 16)
    assert run(*words, "--items-per-listener", 8, "--out", out) == 0
    assert ": 48 listeners after screening, who each rate 8 of 16 items" in capsys.readouterr().out
    rows = read(out)
    assert len(rows) == 48 * 8
    assert {row["item"] for row in rows} == {str(k) for k in range(1, 17)}
    assert run("plan", "--difference", 0) == 2
    assert "lies between 0 and 100" in capsys.readouterr().err
