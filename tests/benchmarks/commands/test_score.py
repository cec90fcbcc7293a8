"""`nscbench score` on files and folders that a user may have."""

import io
import json
import os
import re
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands import score
from support import small_runs
from support.inline_workers import InlineWorkers

RATE = 16_000
METRICS = "si_sdr,lsd"
COLUMNS = ["si_sdr", "lsd"]


@pytest.fixture(autouse=True)
def inline(monkeypatch):
    monkeypatch.setattr(score, "LocalWorkers", InlineWorkers)


@pytest.fixture
def folders(tmp_path):
    """Recordings a, b and c in `ref`, and the same with noise in `deg`, as WAV."""
    small_runs.write_recordings(tmp_path / "ref", "abc")
    (tmp_path / "deg").mkdir()
    for number, name in enumerate("abc"):
        audio, _ = soundfile.read(tmp_path / "ref" / f"{name}.flac")
        noise = 0.01 * np.random.default_rng(number).normal(size=len(audio))
        soundfile.write(tmp_path / "deg" / f"{name}.wav", audio + noise, RATE, "PCM_16")
    return tmp_path


def scored(*words):
    return main(["score", *map(str, words)])


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_two_files_give_a_value_for_each_column(folders, capsys):
    assert scored(folders / "ref/a.flac", folders / "deg/a.wav", "--metrics", METRICS) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["column", "mean", "95", "%", "n/N"]
    assert [line.split()[0] for line in shown[1:3]] == ["lsd", "si_sdr"]
    assert all(line.endswith("1/1") for line in shown[1:3])


def test_values_are_those_of_a_run_bit_for_bit(folders, capsys):
    suite = folders / "suite.toml"
    suite.write_text(
        f'items = "ref"\nmetrics = {METRICS.split(",")!r}\n[[condition]]\n'
        f'codec = "theirs"\ndecoded = "deg"\nkbps = 3\nsample_rate = {RATE}\n'
    )
    assert small_runs.run(suite, "--out", folders / "run") == 0
    rows = pd.read_csv(folders / "run/rows.csv", dtype={"value": str})
    capsys.readouterr()
    table, summary = folders / "pairs.csv", folders / "summary.csv"
    files = ["--out", table, "--summary", summary]
    assert scored(folders / "ref", folders / "deg", "--metrics", METRICS, "--json", *files) == 0
    ours = {line["item"]: line["values"] for line in lines(capsys)}
    rows = rows[rows["column"].isin(COLUMNS)].set_index(["item", "column"])
    theirs = rows["value"].map(float)
    assert {(i, c): v for i, values in ours.items() for c, v in values.items()} == theirs.to_dict()
    written = pd.read_csv(table, dtype=str).set_index("item")[COLUMNS].map(float)
    assert {i: written.loc[i].to_dict() for i in "abc"} == ours
    board = pd.read_csv(folders / "run/leaderboard.csv").iloc[0]
    means = pd.read_csv(summary).set_index("column")
    for column in COLUMNS:
        assert means.loc[column, "mean"] == pytest.approx(board[column], rel=1e-12)
        assert means.loc[column, "low"] == pytest.approx(board[f"{column}_lo"], nan_ok=True)
        assert tuple(means.loc[column, ["n", "N"]]) == (3, 3)


def test_folders_that_match_in_part_say_so(folders, capsys):
    (folders / "deg/b.wav").rename(folders / "deg/other.wav")
    assert scored(folders / "ref", folders / "deg", "--metrics", "lsd", "--json") == 1
    out, told = capsys.readouterr()
    found = {line["item"]: line for line in map(json.loads, out.splitlines())}
    assert found["b"]["values"] == {}
    assert "has none that is called b" in found["b"]["errors"]["lsd"]
    assert "left out: 1 called as no reference" in told
    assert "other.wav" in told
    assert "not scored: 1 items (b): no degraded file" in told
    assert "2/3" in told


def test_noisy_items_are_held_against_their_clean_recordings(folders, capsys):
    (folders / "noisy.csv").write_text("path,reference\ndeg/a.wav,ref/a.flac\n")
    assert scored(folders / "noisy.csv", folders / "deg", "--metrics", METRICS, "--json") == 0
    (line,) = lines(capsys)
    assert line["reference"] == str(folders / "ref" / "a.flac")
    assert line["values"]["si_sdr"] < 60


def test_a_metric_of_a_wider_band_is_not_measured(folders, capsys):
    pair = folders / "ref" / "a.flac", folders / "deg" / "a.wav"
    assert scored(*pair, "--metrics", "lsd,visqol_audio") == 1
    assert "visqol_audio: measures 48000 Hz; 16000 Hz are scored" in capsys.readouterr().out


def test_folders_without_a_common_name_are_refused(folders, capsys):
    for name in "abc":
        (folders / f"deg/{name}.wav").rename(folders / f"deg/{name}_opus.wav")
    assert scored(folders / "ref", folders / "deg") == 2
    assert "is called as an item of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ref/a.flac"], "two files, two folders or --pairs are needed"),
        (["-", "-"], "not both"),
        (["ref/a.flac", "deg"], "one is a file, one a folder"),
        (["ref", "deg", "--metrics", "loudness"], "no metric is called 'loudness'"),
        (["ref/a.flac", "deg/a.wav", "--out", "ref/a.flac"], "what is written is no .flac"),
        (["ref", "deg", "--workers", "0"], "--workers must be at least 1"),
        (["nothing.wav", "deg/a.wav"], "nothing.wav: No such file"),
        (["ref/a.flac", "nothing.wav"], "nothing.wav: No such file"),
        (["ref", "empty"], "no file in empty is called as an item of ref"),
        (["ref", "--pairs", "pairs.csv"], "both folders that its paths start from, or none"),
    ],
)
def test_bad_input_is_named(folders, capsys, monkeypatch, words, message):
    monkeypatch.chdir(folders)
    (folders / "empty").mkdir()
    assert scored(*words) == 2
    assert message in capsys.readouterr().err


def test_a_character_0_in_a_csv_of_pairs_is_named(folders, capsys):
    table = folders / "pairs.csv"
    table.write_text("reference,degraded\nref/a.flac,deg/a\0.wav\n")
    assert scored("--pairs", table) == 2
    assert "pairs.csv, line 2: degraded has a character 0" in capsys.readouterr().err


def test_a_csv_pairs_files_of_any_name(folders, capsys):
    table = folders / "pairs.csv"
    table.write_text(
        "reference,degraded,speaker\nref/a.flac,deg/b.wav,s1\nref/a.flac,deg/a.wav,s2\n"
    )
    assert scored("--pairs", table, "--metrics", "si_sdr", "--json") == 0
    found = lines(capsys)
    assert [line["item"] for line in found] == ["deg_b", "deg_a"]
    assert found[0]["values"]["si_sdr"] < 0 < found[1]["values"]["si_sdr"]
    table.write_text("reference,degraded\na.flac,a.wav\n")
    words = [folders / "ref", folders / "deg", "--pairs", table, "--metrics", "si_sdr", "--json"]
    assert scored(*words) == 0
    assert lines(capsys)[0]["values"] == found[1]["values"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reference\nref/a.flac\n", "line 1: lacks the columns degraded"),
        ("reference,degraded\n", "names no pair"),
        ("reference,degraded\nref/a.flac,\n", "line 2: degraded is empty"),
        ("reference,degraded\nref/a.flac\n", "line 2: has another number of cells"),
        ("reference,degraded\nref/x.flac,deg/a.wav\n", "line 2: .*x.flac: No such file"),
    ],
)
def test_a_csv_that_is_wrong_is_refused_with_its_line(folders, capsys, text, message):
    table = folders / "pairs.csv"
    table.write_text(text)
    assert scored("--pairs", table) == 2
    assert re.search(message, capsys.readouterr().err)


def test_lengths_that_differ_by_too_much_are_no_number(folders, capsys):
    audio, _ = soundfile.read(folders / "deg/a.wav")
    soundfile.write(folders / "deg/a.wav", audio[: -RATE // 5], RATE)
    assert scored(folders / "ref/a.flac", folders / "deg/a.wav", "--metrics", "lsd") == 1
    shown = capsys.readouterr().out
    assert "0.300 s long, its reference 0.500 s; less than 100 ms may differ" in shown
    assert "0/1" in shown


def test_standard_input_and_pipes_are_recordings(folders, capsys, monkeypatch):
    content = (folders / "deg/a.wav").read_bytes()
    reference = folders / "ref/a.flac"
    assert scored(reference, folders / "deg/a.wav", "--metrics", METRICS, "--json") == 0
    (wanted,) = lines(capsys)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    assert scored(reference, "-", "--metrics", METRICS, "--json") == 0
    (found,) = lines(capsys)
    assert (found["degraded"], found["values"]) == ("-", wanted["values"])
    pipe = folders / "pipe.wav"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert scored(reference, pipe, "--metrics", METRICS, "--json") == 0
    writer.join()
    (found,) = lines(capsys)
    assert (found["degraded"], found["values"]) == (str(pipe), wanted["values"])


def test_a_value_that_cannot_be_is_nothing_with_its_reason(folders, capsys):
    soundfile.write(folders / "ref/a.flac", np.zeros(8000), RATE)
    out = folders / "pairs.csv"
    words = [folders / "ref/a.flac", folders / "deg/a.wav", "--metrics", METRICS, "--out", out]
    assert scored(*words) == 1
    table = pd.read_csv(out)
    assert table["si_sdr"].isna().all()
    assert "the reference is silent" in table["errors"][0]
    assert "no value: 1 items (a): si_sdr" in capsys.readouterr().out


def test_who_scores_files_does_not_wait_for_torch():
    """Nor do the processes that score, until a metric asks for it."""
    code = (
        "import sys, nscbench.benchmarks.commands.score as command\n"
        "import nscbench.benchmarks.run.stages\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
