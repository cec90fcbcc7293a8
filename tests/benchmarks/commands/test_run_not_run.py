"""What a suite asks for and cannot run is told everywhere, and fails the run."""

import json

import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from support.small_runs import run, write_recordings

ASKED = 'metrics = ["si_sdr", "utmos"]\n[[condition]]\ncodec = "pcm"\n'
ABSENT = '[[condition]]\ncodec = "gan"\nkbps = 3\nlabel = "new"\nweights = "no.safetensors"\n'


@pytest.fixture
def suite(tmp_path, monkeypatch):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "none"))
    write_recordings(tmp_path / "items")
    (tmp_path / "mine.toml").write_text(ASKED + ABSENT)
    return tmp_path / "mine.toml"


def test_it_is_a_line_everywhere_and_exit_status_1(suite, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(suite, "--items", tmp_path / "items", "--out", out) == 1
    said = capsys.readouterr().out
    table, _, end = said.partition("\n\n")[2].partition("\n\n")
    assert [line for line in table.splitlines() if "gan-3-new" in line and "not run" in line]
    assert "not run: gan-3-new: no weights no.safetensors" in end
    assert "not measured: utmos: need weights: nscbench weights get utmos" in end

    manifest = json.loads((out / "manifest.json").read_text())
    assert [entry["condition"] for entry in manifest["not_run"]] == ["gan-3-new"]
    assert list(manifest["not_measured"]) == ["utmos"]
    board = pd.read_csv(out / "leaderboard.csv").set_index("condition")
    assert board.loc["gan-3-new", ["codec", "kind", "n", "N"]].tolist() == ["gan", "codec", 0, 2]
    assert "no.safetensors" in board.loc["gan-3-new", "not_run"]
    assert pd.isna(board.loc["pcm", "not_run"])

    assert main(["compare", str(out), "gan-3-new"]) == 2
    assert "gan-3-new was not run in" in (told := capsys.readouterr().err)
    assert "no.safetensors" in told
    assert main(["compare", str(out), "pcm", "gan-3-new"]) == 2
    assert "no.safetensors" in capsys.readouterr().err
    assert main(["report", str(out)]) == 0
    assert "gan-3-new" in (page := (out / "report" / "report.html").read_text())
    assert "not run: no weights" in page
    assert "| gan-3-new | not run |" in (out / "report" / "leaderboard.md").read_text()
    assert main(["verify", str(out)]) == 0


def test_an_optional_condition_may_be_missing(suite, tmp_path, capsys):
    suite.write_text(ASKED.replace(', "utmos"', "") + ABSENT + "optional = true\n")
    out = tmp_path / "run"
    assert run(suite, "--items", tmp_path / "items", "--out", out) == 0
    assert "left out: gan-3-new: no weights" in capsys.readouterr().out
    assert "not_run" not in pd.read_csv(out / "leaderboard.csv")
    assert main(["compare", str(out), "gan-3-new"]) == 2
    assert "gan-3-new was not run in" in capsys.readouterr().err
