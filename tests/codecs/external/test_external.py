"""Programs and folders of decoded audio that a suite declares."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.codecs import make
from nscbench.reports.figures.curves import curve_pictures
from nscbench.reports.tables.curve_deltas import curves
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.printed import latex, markdown, show
from support import runs
from support.inline_workers import inline  # noqa: F401
from support.programs import RATE

SUITE = f"""
metrics = ["stoi"]

[[condition]]
codec = "bytewise"
encode = "{sys.executable} {{suite}}/tool.py encode {{kbps}} {{in}} {{out}}"
decode = "{sys.executable} {{suite}}/tool.py decode {{kbps}} {{in}} {{out}}"
kbps = 128
sample_rate = {RATE}

[[condition]]
codec = "theirs"
decoded = "decoded"
kbps = 3
sample_rate = {RATE}

[[condition]]
codec = "absent"
encode = "there_is_no_such_program {{in}} {{out}}"
decode = "there_is_no_such_program {{in}} {{out}}"
kbps = 1
sample_rate = {RATE}

[[condition]]
codec = "pcm"
"""


@pytest.fixture
def items(tmp_path, speech_like):
    (tmp_path / "items").mkdir()
    (tmp_path / "decoded").mkdir()
    for seed, name in enumerate("ab"):
        audio = speech_like(1, RATE, seed)
        soundfile.write(tmp_path / "items" / f"{name}.flac", audio, RATE)
    soundfile.write(tmp_path / "decoded" / "a.wav", speech_like(1, RATE, 0) * 0.9, RATE)
    return tmp_path / "items"


def test_suites_declare_them(tmp_path, tool, items):
    (tmp_path / "suite.toml").write_text(SUITE)
    suite = load_suite(str(tmp_path / "suite.toml"))
    assert [codec.condition for codec in suite.codecs] == ["bytewise-128", "theirs-3", "pcm"]
    assert "there is no program there_is_no_such_program" in suite.not_run[0].reason
    for codec in suite.codecs:
        stored = json.loads(json.dumps(codec.arguments()))
        assert make(codec.name, stored) == codec
    (tmp_path / "suite.toml").write_text(SUITE + '[[condition]]\ncodec = "x"\nencode = "y"\n')
    with pytest.raises(SuiteError, match=r"suite.toml: x: a program needs kbps"):
        load_suite(str(tmp_path / "suite.toml"))


@pytest.mark.slow
def test_runs_measure_the_one_and_state_the_other(tmp_path, tool, items, capsys):
    (tmp_path / "suite.toml").write_text(SUITE)
    out = tmp_path / "run"
    arguments = ["--out", str(out), "--items", str(items), "--workers", "1"]
    assert main(["run", str(tmp_path / "suite.toml"), *arguments]) == 1
    printed = capsys.readouterr().out
    assert "3.00*" in printed
    assert "* bitrate stated, not measured" in printed
    assert "not run: absent-1" in printed
    board = pd.read_csv(out / "leaderboard.csv").set_index("condition")
    assert board["bitrate"].to_dict() == {
        "absent-1": "none",
        "bytewise-128": "measured",
        "theirs-3": "stated",
        "pcm": "measured",
    }
    assert board.loc["bytewise-128", "measured_kbps"] == 8 * RATE / 1000
    assert np.isnan(board.loc["theirs-3", "measured_kbps"])
    assert board.loc["theirs-3", ["n", "N"]].tolist() == [1, 2]
    rows = pd.read_csv(out / "rows.csv")
    theirs = rows[rows["condition"] == "theirs-3"]
    assert set(theirs["column"]) == {"seconds", "stoi", "estoi"}
    (missing,) = set(theirs[theirs["item"] == "b"]["error"])
    assert "nothing in" in missing
    assert "expected is b.wav or .flac" in missing
    tool.rename(tmp_path / "away")
    capsys.readouterr()
    for words in ("verify", "cost"):  # the program is not even looked for
        assert main([words, str(out)]) == 2
        refusal = capsys.readouterr().err
        assert "Give --programs if you trust them" in refusal
        assert "{suite}/tool.py decode" in refusal
    (tmp_path / "away").rename(tool)
    assert main(["verify", str(out), "--fraction", "1", "--programs"]) == 0
    assert main(["report", str(out)]) == 0
    assert "3.00 (stated)" in (out / "report" / "report.html").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("inline")
def test_loud_recordings_and_what_was_decoded_from_them_stay_alike(tmp_path, speech_like, capsys):
    """Float files with a peak of 1.5, "decoded" by copying: in a folder, and by a program."""
    for folder in ("items", "decoded"):
        (tmp_path / folder).mkdir()
        for seed, name in enumerate(["a", "b", "c", "d"][: 4 if folder == "items" else 2]):
            audio = speech_like(0.6, RATE, seed)
            path = tmp_path / folder / f"{name}.wav"
            soundfile.write(path, 1.5 * audio / np.abs(audio).max(), RATE, "FLOAT")
    (tmp_path / "items" / "e.m4a").touch()
    (tmp_path / "decoded" / "f.webm").touch()
    (tmp_path / "suite.toml").write_text(
        f"""
metrics = ["level", "lsd"]
[[condition]]
codec = "theirs"
decoded = "decoded"
kbps = 3
sample_rate = {RATE}
[[condition]]
codec = "copy"
encode = "cp {{in}} {{out}}"
decode = "cp {{in}} {{out}}"
kbps = 256
sample_rate = {RATE}
"""
    )
    words = ["--out", str(tmp_path / "run"), "--items", str(tmp_path / "items")]
    assert main(["run", str(tmp_path / "suite.toml"), *words]) == 1
    rows = pd.read_csv(tmp_path / "run" / "rows.csv").pivot_table(
        index=["condition", "item"], columns="column", values="value"
    )
    assert len(rows) == 6
    assert rows["level_db"].abs().max() < 1e-3
    assert rows["lsd"].max() < 0.3
    printed = capsys.readouterr().out
    loud, alike = "peak of +3.52 dBFS scaled down to full scale", "scaled as its recording was"
    for line in (
        f"{tmp_path}/items: left out: 1 .m4a (e.m4a)",
        "  theirs-3: left out: 1 .webm (f.webm)",
        "  theirs-3: 2 of 4 items have no file (c, d)",
        f"note: 4 items (a, ...): {loud}",
        f"note: 2 items (a, ...): theirs-3: decoded audio: {alike}",
    ):
        assert line in printed.splitlines()
    (failed,) = (line for line in printed.splitlines() if line.startswith("failed: "))
    assert failed.startswith("failed: theirs-3, 2 items (c, ...): encode: ")


def test_reports_mark_a_stated_bitrate(tmp_path):
    conditions = runs.ladder("opus") | runs.ladder("theirs", gain=0.5)
    root = runs.write_run(tmp_path / "run", conditions)
    manifest = json.loads((root / "manifest.json").read_text())
    for entry in manifest["conditions"]:
        if entry["codec"] == "theirs":
            entry["bitrate"] = "stated"
    (root / "manifest.json").write_text(json.dumps(manifest))
    scores = read_run(root).scores
    board = leaderboard(scores)
    assert board["bitrate"].tolist() == ["measured"] * 4 + ["stated"] * 4
    assert board["measured_kbps"].isna().tolist() == [False] * 4 + [True] * 4
    assert scores.kbps("theirs-12") == 12
    assert list(curves(scores)) == ["opus"]
    marked = {
        show: "* bitrate stated, not measured",
        markdown: r"\* bitrate stated, not measured",
        latex: r"\end{tabular}\\{} * bitrate stated, not measured",
    }
    for draw, note in marked.items():
        assert note in draw(board)
        assert "12.00*" in draw(board)
        assert note not in draw(board[board["bitrate"] == "measured"])
    (overview, *_) = curve_pictures(board, scores.directions, "title")
    handles, labels = overview.figure.axes[0].get_legend_handles_labels()
    faces = {
        label: handle[0].get_markerfacecolor()
        for label, handle in zip(labels, handles, strict=True)
    }
    assert faces["theirs (bitrate stated)"] == "none"
    assert faces["opus"] != "none"
    assert all(list(handle[0].get_xdata()) == [6, 8, 12, 24] for handle in handles)
