"""A small real run, verified as it is and after edits of each of its files."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.recomputation import Recomputation
from nscbench.benchmarks.results import read_rows
from nscbench.benchmarks.run_command import write_leaderboard
from nscbench.benchmarks.rundir import RunDirectory

SUITE = """
metrics = ["si_sdr", "lsd"]
[[condition]]
codec = "pcm"
[[condition]]
codec = "mnru"
q = 20
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Directory of a run of two conditions on two items."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "items").mkdir()
    for number, name in enumerate("ab"):
        random = np.random.default_rng(number)
        bursts = np.repeat(random.random(12), 1000)
        soundfile.write(
            folder / "items" / f"{name}.flac", 0.1 * bursts * random.normal(size=12000), 16_000
        )
    (folder / "suite.toml").write_text(SUITE)
    words = ["run", folder / "suite.toml", "--items", folder / "items", "--out", folder / "run"]
    assert main([*map(str, words), "--workers", "1"]) == 0
    return folder / "run"


@pytest.fixture
def root(finished, tmp_path):
    """A copy to edit."""
    return shutil.copytree(finished, tmp_path / "run")


@pytest.fixture
def only_looked_over(monkeypatch):
    monkeypatch.setattr(Recomputation, "differences", lambda self, part: [])


def verify(root, capsys, fraction=1):
    """Exit status and output of `nscbench verify`."""
    capsys.readouterr()
    status = main(["verify", str(root), "--fraction", str(fraction)])
    return status, capsys.readouterr().out


def edit_rows(root, value=99.0):
    rows = pd.read_csv(root / "rows.csv")
    place = (rows["condition"] == "mnru-20") & (rows["column"] == "si_sdr") & (rows["item"] == "a")
    rows.loc[place, "value"] = value
    rows.to_csv(root / "rows.csv", index=False)


def test_an_untouched_run_repeats(root, capsys):
    status, text = verify(root, capsys)
    assert (status, text.splitlines()) == (
        0,
        [f"{root}: recomputed 4 of 4 coded items: no differences"],
    )


def test_an_edited_value_is_found(root, capsys, only_looked_over):
    edit_rows(root)
    status, text = verify(root, capsys)
    assert status == 1
    assert "mnru-20, a, draw 0, si_sdr: 99 in rows.csv, 2" in text
    assert "leaderboard.csv, mnru-20, si_sdr" in text


def test_a_hidden_value_is_found(root, capsys, only_looked_over):
    edit_rows(root, np.nan)
    status, text = verify(root, capsys)
    assert status == 1
    assert "si_sdr: no value in rows.csv, 2" in text


def test_a_dropped_item_is_found(root, capsys, only_looked_over):
    rows = pd.read_csv(root / "rows.csv")
    rows[rows["item"] != "b"].to_csv(root / "rows.csv", index=False)
    status, text = verify(root, capsys)
    assert status == 1
    assert "pcm, b, draw 0, lsd: no value in rows.csv" in text


def test_an_edited_leaderboard_is_found(root, capsys, only_looked_over):
    text = (root / "leaderboard.csv").read_text()
    (root / "leaderboard.csv").write_text(text.replace("256.0", "25.6"))
    status, text = verify(root, capsys)
    assert status == 1
    assert "leaderboard.csv, pcm, nominal_kbps: 25.6; rows and journal make 256.0" in text


def test_exchanged_files_are_found(root, capsys, only_looked_over):
    shutil.copy(root / "decoded/pcm/a.flac", root / "decoded/mnru-20/a.flac")
    (root / "streams/pcm/b.nsc").unlink()
    status, text = verify(root, capsys)
    assert status == 1
    assert "decoded/mnru-20/a.flac: has not the content that the journal says" in text
    assert "streams/pcm/b.nsc: is missing" in text


def test_an_edited_manifest_is_found(root, capsys, only_looked_over):
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["conditions"][0]["nominal_kbps"] = 3.0
    (root / "manifest.json").write_text(json.dumps(manifest))
    status, text = verify(root, capsys)
    assert status == 1
    assert "pcm: its nominal_kbps is 3.0 in the manifest, 256.0 here" in text


def test_an_edit_that_agrees_with_itself_is_found_by_recomputing(root, capsys):
    lines = [json.loads(line) for line in (root / "journal.jsonl").read_text().splitlines()]
    for line in lines:
        if (line.get("metric"), line["condition"], line["item"]) == ("si_sdr", "mnru-20", "a"):
            line["values"]["si_sdr"] = 99.0
    (root / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    edit_rows(root)
    manifest = json.loads((root / "manifest.json").read_text())
    directory = RunDirectory(root)
    write_leaderboard(directory, manifest, read_rows(directory.rows))
    status, text = verify(root, capsys)
    assert status == 1
    (difference,) = [line for line in text.splitlines() if line.startswith("DIFFERENT")]
    assert difference.startswith("DIFFERENT mnru-20, a, draw 0: si_sdr is 2")
    assert difference.endswith("here, 99 in the run")


@pytest.mark.parametrize("fraction", ["0", "1.5"])
def test_wrong_fractions_are_refused(finished, capsys, fraction):
    assert main(["verify", str(finished), "--fraction", fraction]) == 2
    assert "--fraction must be above 0 and at most 1" in capsys.readouterr().err


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert main(["verify", str(tmp_path)]) == 2
    assert "not a finished run: it has no manifest.json" in capsys.readouterr().err
