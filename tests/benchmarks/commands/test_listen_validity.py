"""`nscbench listen validity`: what it writes, says and refuses."""

import csv
import json
import re
from pathlib import Path

import pytest

from nscbench.benchmarks.cli import main
from support.judged_runs import write_judged_run, write_ratings, write_votes_per_clip

MERITS = {"a": 1.2, "b": 1.9, "c": 2.6, "d": 3.3, "e": 4.0, "f": 4.7}
ITEMS = ["i1", "i2", "i3", "i4"]
FILES = {
    *("index.html", "validity.json", "coefficients.svg", "mappings.svg"),
    *("coefficients.csv", "errors.csv", "reversals.csv", "conditions.csv", "rejected.csv"),
}


def test_everything_is_written_and_said(tmp_path: Path, capsys) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ITEMS, noise=0.1)
    ratings = write_ratings(tmp_path / "r.csv", MERITS, ITEMS)
    with ratings.open("a") as file:
        file.write("l1,i1,a,loud\n")
    out = tmp_path / "out"
    assert main(["listen", "validity", str(run), str(ratings), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == FILES
    assert "'loud' is not a number" in said.err
    assert "pesq_wb: Spearman's rho = 1.00 over 6 conditions" in said.out
    page = (out / "index.html").read_text()
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "loud" in page
    found = json.loads((out / "validity.json").read_text())
    assert found["recordings"] == "same"
    assert [c["column"] for c in found["columns"]] == ["pesq_wb", "warp_q"]
    with (out / "coefficients.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["level"] for row in rows} == {"conditions", "items"}
    assert {row["recordings"] for row in rows} == {"same"}
    with (out / "rejected.csv").open() as file:
        assert [row["ratings"] for row in csv.DictReader(file)] == ["1"]


def test_votes_on_other_recordings_say_so_everywhere(tmp_path: Path, capsys) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ITEMS)
    votes = write_votes_per_clip(tmp_path / "v.csv", {f"{k}_kbps": m for k, m in MERITS.items()})
    words = ["listen", "validity", str(run), str(votes), "--out", str(tmp_path / "out")]
    assert main([*words, *(f"--match={k}_kbps={k}" for k in MERITS)]) == 0
    assert "only conditions are compared" in capsys.readouterr().out
    assert "only conditions are compared" in (tmp_path / "out/index.html").read_text()
    assert "One point per item" not in (tmp_path / "out/index.html").read_text()
    assert json.loads((tmp_path / "out/validity.json").read_text())["recordings"] == "others"
    with (tmp_path / "out/coefficients.csv").open() as file:
        assert {row["recordings"] for row in csv.DictReader(file)} == {"others"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "conditions are in both run and ratings"),
        (["--match", "a_kbps=z"], "no condition 'z' in the run"),
        (["--match", "a"], "neither RATED=CONDITION"),
        (["--screening", "bs1534-3"], "names no listener to exclude"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path: Path, capsys, more, says) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ITEMS)
    votes = write_votes_per_clip(tmp_path / "v.csv", {f"{k}_kbps": m for k, m in MERITS.items()})
    assert main(["listen", "validity", str(run), str(votes), *more]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_no_run_is_said(tmp_path: Path, capsys) -> None:
    ratings = write_ratings(tmp_path / "r.csv", MERITS, ITEMS)
    assert main(["listen", "validity", str(tmp_path / "none"), str(ratings)]) == 2
    assert "not a finished run" in capsys.readouterr().err
