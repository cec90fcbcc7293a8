"""Runs of suites that state limits, from end to end."""

import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands import run as run_command
from support.inline_workers import InlineWorkers

SUITE = """
title = "Judged"
metrics = ["si_sdr", "level"]

[document]
name = "Rules of the house"
covered = ["rate"]
not_covered = ["taste"]

[[condition]]
codec = "lc3"
kbps = [16, 32]

[[condition]]
codec = "pcm"

[[limit]]
column = "measured_kbps"
max = 20
clause = "rule 1"

[[limit]]
column = "algorithmic_delay_ms"
max = 20
"""
UNDECIDED = '\n[[limit]]\ncolumn = "macs_per_second"\nmax = 1\nconditions = ["lc3-16"]\n'
NOISY = """
[[degradation]]
kind = "noise"
snr_db = 5
reference = "clean"

[[limit]]
column = "si_sdr"
min = 15
degradation = "noise-white-5dB-clean-reference"
conditions = ["lc3-16"]
"""


@pytest.fixture(scope="module")
def recordings(tmp_path_factory, speech_like):
    folder = tmp_path_factory.mktemp("recordings")
    for number, name in enumerate("ab"):
        soundfile.write(folder / f"{name}.flac", speech_like(1.0, 16_000, number), 16_000)
    return folder


def run(folder, recordings, text, *more, out="run"):
    (folder / "judged.toml").write_text(text)
    words = ["run", folder / "judged.toml", "--items", recordings, "--out", folder / out]
    return main([*map(str, words), "--workers", "1", *more])


@pytest.mark.slow
def test_verdicts_are_in_the_tables_on_the_page_and_in_the_status(tmp_path, recordings, capsys):
    assert run(tmp_path, recordings, SUITE + UNDECIDED) == 3
    told = capsys.readouterr().out
    assert "after Rules of the house" in told
    assert "not covered: taste" in told
    table = pd.read_csv(tmp_path / "run" / "verdicts.csv").set_index(["condition", "column"])
    assert dict(table.loc["lc3-32", "verdict"]) == {
        "measured_kbps": "fail", "algorithmic_delay_ms": "pass"
    }  # fmt: skip
    assert table.loc[("lc3-16", "macs_per_second"), "verdict"] == "undecided"
    board = pd.read_csv(tmp_path / "run" / "leaderboard.csv").set_index("condition")["verdict"]
    assert board.fillna("").to_dict() == {"lc3-16": "undecided", "lc3-32": "fail", "pcm": ""}
    assert main(["verify", str(tmp_path / "run"), "--fraction", "0.5"]) == 0
    assert main(["report", str(tmp_path / "run"), "--out", str(tmp_path / "page")]) == 0
    findings = pd.read_csv(tmp_path / "page" / "findings.csv")
    assert findings["kind"].tolist()[:2] == ["fail", "undecided"]
    assert "Limits that are not kept" in (tmp_path / "page" / "report.html").read_text("utf-8")
    verdicts = tmp_path / "run" / "verdicts.csv"
    verdicts.write_text(verdicts.read_text().replace("fail", "pass"))
    assert main(["verify", str(tmp_path / "run"), "--fraction", "0.1"]) == 1


@pytest.mark.slow
def test_verdicts_stand_beside_what_could_not_run(tmp_path, recordings, monkeypatch):
    """Who does not run decides the status; a limit on a metric that is not chosen is undecided."""
    monkeypatch.setattr(run_command, "LocalWorkers", InlineWorkers)
    head, _, _ = SUITE.partition('\n[[limit]]\ncolumn = "algorithmic')
    head = head.replace("[16, 32]", "16")
    assert run(tmp_path, recordings, head) == 0
    gone = "[[condition]]\ncodec = 'gone'\nkbps = 1\nsample_rate = 16000\ndecoded = 'no'\n"
    assert run(tmp_path, recordings, head + gone) == 1
    board = pd.read_csv(tmp_path / "run" / "leaderboard.csv").set_index("condition")
    assert board["verdict"].dropna().to_dict() == {"lc3-16": "pass"}
    assert board["not_run"].dropna().index.tolist() == ["gone-1"]
    assert main(["verify", str(tmp_path / "run"), "--fraction", "0.1"]) == 0
    loud = head + "\n[[limit]]\ncolumn = 'si_sdr'\nmin = -50\n"
    assert run(tmp_path, recordings, loud, "--metrics", "level", "--limit", "1", out="part") == 4
    (why,) = (
        pd.read_csv(tmp_path / "part" / "verdicts.csv").set_index("column").loc[["si_sdr"], "why"]
    )
    assert why == "not measured"


@pytest.mark.slow
def test_limits_under_a_degradation_are_judged_by_its_part(tmp_path, recordings, capsys):
    limits = SUITE.replace("max = 20\nclause", "max = 40\nclause")
    assert run(tmp_path, recordings, limits + NOISY) == 3
    whole = pd.read_csv(tmp_path / "run" / "verdicts.csv")
    line = whole.set_index("degradation").loc["noise-white-5dB-clean-reference"]
    assert line["verdict"] == "fail"
    assert 0 < line["value"] < 6  # against the clean one: the codec keeps noise of 5 dB
    assert (tmp_path / "run" / "clean" / "verdicts.csv").exists()
    robust = pd.read_csv(tmp_path / "run" / "robustness.csv")
    rates = robust[robust["column"] == "measured_kbps"].set_index("condition")
    assert rates.loc["lc3-32", "degraded"] == pytest.approx(32, rel=0.05)
    assert main(["verify", str(tmp_path / "run" / "clean"), "--fraction", "0.1"]) == 0
