"""A small robustness run from end to end."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.data.items import read_items
from nscbench.benchmarks.degradations import DegradationError
from nscbench.benchmarks.degradations.declared import read
from nscbench.benchmarks.run import robustness
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.benchmarks.store.run_directory import RunDirectory

SUITE = """
title = "Small"
sample = 2
metrics = ["si_sdr", "stoi", "level"]

[[condition]]
codec = "pcm"

[[condition]]
codec = "lc3"
kbps = 32

[[degradation]]
kind = "noise"
noise = "babble"
snr_db = 0
metrics = ["si_sdr", "level"]

[[degradation]]
kind = "length"
seconds = 0.2
items = 1

[[degradation]]
kind = "tandem"
times = 2

[[degradation]]
kind = "loss"
percent = 20

[[degradation]]
kind = "bit-errors"
rate = 0.01
"""


@pytest.fixture(scope="module")
def recordings(tmp_path_factory, speech_like):
    folder = tmp_path_factory.mktemp("recordings")
    for number, name in enumerate("abcd"):
        soundfile.write(folder / f"{name}.flac", speech_like(1.0, 16_000, number), 16_000)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory, recordings):
    """Directory of a robustness run, its suite beside it, and the exit status."""
    folder = tmp_path_factory.mktemp("robustness")
    (folder / "small.toml").write_text(SUITE)
    words = ["run", folder / "small.toml", "--items", recordings, "--out", folder / "run"]
    return folder / "run", main([*map(str, words), "--workers", "1"])


@pytest.fixture
def table(finished):
    found = pd.read_csv(finished[0] / "robustness.csv", keep_default_na=False)
    return found.set_index(["degradation", "condition", "column"])


@pytest.mark.slow
def test_every_degradation_is_a_run_of_its_own(finished):
    root, status = finished
    assert status == 0
    labels = ["clean", "noise-babble-0dB", "length-0.2s", "tandem-2x", "loss-20pct"]
    drawn = set(read_run(root / "clean").scores.items)
    assert len(drawn) == 2  # of four
    for label in (*labels, "bit-errors-0.01"):
        assert set(read_run(root / label).scores.items) <= drawn
    assert list(read_run(root / "loss-20pct").scores.conditions) == ["lc3-32"]
    (first,) = read_run(root / "length-0.2s").scores.items
    manifest = json.loads((root / "length-0.2s" / "manifest.json").read_text())
    assert manifest["unavailable"]["stoi"] == "needs 0.5 s, the shortest item has 0.2 s"
    path = root / "length-0.2s" / "recordings" / f"{first}.flac"
    assert manifest["items"][0]["path"] == str(path)


@pytest.mark.slow
def test_recordings_are_degraded_and_metrics_compare_with_them(finished, recordings, table):
    root, _ = finished
    first = next(iter(read_run(root / "noise-babble-0dB").scores.items))
    noisy, rate = soundfile.read(root / "noise-babble-0dB" / "recordings" / f"{first}.flac")
    clean, _ = soundfile.read(recordings / f"{first}.flac")
    assert rate == 16_000
    assert np.mean(clean**2) == pytest.approx(np.mean((noisy - clean) ** 2), rel=1e-3)
    assert float(table.loc[("noise-babble-0dB", "pcm", "si_sdr"), "degraded"]) > 60
    assert ("noise-babble-0dB", "pcm", "stoi") not in table.index


@pytest.mark.slow
def test_channels_are_compared_with_the_clean_run(table):
    again = table.loc[("tandem-2x", "pcm", "si_sdr")]
    assert float(again["difference"]) == 0
    assert float(table.loc[("tandem-2x", "lc3-32", "si_sdr"), "difference"]) < -0.5
    assert float(table.loc[("loss-20pct", "lc3-32", "si_sdr"), "difference"]) < -3
    assert "pcm does not conceal" in table.loc[("loss-20pct", "pcm", ""), "note"]
    damaged = table.loc[("bit-errors-0.01", "pcm", "si_sdr")]
    assert float(damaged["difference"]) < -30
    assert damaged["n"] == 2


@pytest.mark.slow
def test_a_part_is_verified_like_any_run(finished, capsys):
    assert main(["verify", str(finished[0] / "loss-20pct"), "--fraction", "1"]) == 0
    assert "no differences" in capsys.readouterr().out


@pytest.mark.slow
def test_a_second_run_only_looks(finished, recordings):
    root, _ = finished
    journals = {path: path.read_bytes() for path in root.glob("*/journal.jsonl")}
    assert len(journals) == 6
    words = ["run", root.parent / "small.toml", "--items", recordings, "--out", root]
    assert main([*map(str, words), "--workers", "1"]) == 0
    assert {path: path.read_bytes() for path in root.glob("*/journal.jsonl")} == journals


def test_a_recording_that_cannot_be_degraded_is_named(tmp_path, recordings):
    suite = '[[condition]]\ncodec = "pcm"\n[[degradation]]\nkind = "band"\nhigh_hz = 9000\n'
    (tmp_path / "wide.toml").write_text('metrics = ["level"]\n' + suite)
    wide = load_suite(str(tmp_path / "wide.toml"))
    with pytest.raises(DegradationError, match="band-300-9000Hz: a has 16000 Hz, which end at"):
        list(robustness.parts(wide, read_items(recordings), RunDirectory(tmp_path)))


def test_degraded_items_keep_who_speaks(tmp_path, recordings):
    (declared,) = read([{"kind": "level", "db": -20}])
    suite = load_suite("robustness")
    parts = list(
        robustness.parts(
            type(suite)(**{**vars(suite), "degradations": (declared,), "sample": 0}),
            read_items("demo")[:3],
            RunDirectory(tmp_path),
        )
    )
    clean, quiet = parts
    assert [i.id for i in quiet.items] == [i.id for i in clean.items]
    assert [i.speaker for i in quiet.items] == [i.speaker for i in clean.items]
    assert {i.sha256 for i in quiet.items}.isdisjoint({i.sha256 for i in clean.items})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample = -1", "sample is a number of items, 0 for all, not -1"),
        ('[[degradation]]\nkind = "fog"', "no degradation is called 'fog'"),
    ],
)
def test_bad_suites_are_refused(tmp_path, text, message):
    path = tmp_path / "bad.toml"
    path.write_text(f'{text}\n[[condition]]\ncodec = "pcm"\n')
    with pytest.raises(SuiteError, match=message):
        load_suite(str(path))


def test_the_suite_of_the_package_declares_what_the_page_lists():
    labels = [d.degradation.label for d in load_suite("robustness").degradations]
    page = (Path(__file__).parents[3] / "docs" / "robustness.md").read_text("utf-8")
    for label in labels:
        assert f"`{label}`" in page
