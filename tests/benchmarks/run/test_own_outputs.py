"""Runs in folders where other things lie: recordings, their own outputs, other people's files."""

import json
import shutil

import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.data.items import read_items
from nscbench.benchmarks.data.own_folders import OwnFolders
from nscbench.benchmarks.run import runner
from support.small_runs import SUITE, run, tree, write_recordings


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a suite and three recordings, which is the working directory."""
    folder = tmp_path / "place"
    write_recordings(folder, "abc")
    (folder / "s.toml").write_text(SUITE)
    monkeypatch.chdir(folder)
    return folder


def items_of(root):
    return [item["id"] for item in json.loads((root / "manifest.json").read_text())["items"]]


@pytest.mark.slow
def test_a_run_does_not_measure_its_own_outputs(place, capsys):
    for _ in range(3):
        assert run("s.toml", "--items", ".") == 0
        assert items_of(place / "runs/s") == ["a", "b", "c"]
    told = capsys.readouterr().err
    assert told.count("note: no recordings are looked for in") == 2
    assert "runs/s: it is for results" in told
    assert run("s.toml", "--items", ".", "--out", "runs/other") == 0
    assert items_of(place / "runs/other") == ["a", "b", "c"]
    assert "runs/s: a run wrote it" in capsys.readouterr().err


@pytest.mark.parametrize("out", [".", "run"])
def test_a_run_may_lie_where_the_recordings_do(place, out):
    for _ in range(2):
        assert run("s.toml", "--items", ".", "--out", out) == 0
        assert items_of(place / out) == ["a", "b", "c"]


@pytest.mark.slow
def test_a_robustness_run_does_not_measure_what_it_degraded(place):
    (place / "r.toml").write_text(SUITE + '[[degradation]]\nkind = "level"\ndb = -20\n')
    for _ in range(2):
        assert run("r.toml", "--items", ".") == 0
        assert items_of(place / "runs/r/clean") == ["a", "b", "c"]
    shutil.rmtree(place / "runs/r/clean")
    assert [item.id for item in read_items(place)] == ["a", "b", "c"]


def test_reports_tests_and_decoded_audio_hold_no_recordings(place):
    made = {
        "report": ["report.html", "leaderboard.csv", "x.wav"],
        "blind": ["test.js", "x.wav"],
        "export": ["configs/resources/x.wav"],
        "old": ["manifest.json", "rows.csv", "decoded/pcm/x.wav"],
        "speech": ["x.wav", "manifest.json"],
        "theirs": ["x.wav"],
    }
    for folder, names in made.items():
        for name in names:
            path = place / "sub" / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            if path.suffix == ".wav":
                soundfile.write(path, [0.1] * 100, 16_000)
    (place / "sub" / "export.key.json").touch()
    found = [item.id for item in read_items(place, [place / "sub" / "theirs"])]
    assert found == ["a", "b", "c", "sub_speech_x"]


def test_a_link_into_a_run_leads_to_its_outputs(place):
    assert run("s.toml", "--items", ".", "--out", "../run") == 0
    (place / "link").symlink_to(place.parent / "run/decoded/pcm")
    ours = OwnFolders(place)
    assert ours(place / "link")
    assert not OwnFolders(place.parent / "run/decoded")(place.parent / "run/decoded/pcm")


def test_decoded_audio_of_a_suite_is_no_recording(place, capsys):
    write_recordings(place / "theirs", "abc", seed=1)
    theirs = '[[condition]]\ncodec = "theirs"\ndecoded = "theirs"\nkbps = 3\nsample_rate = 16000\n'
    (place / "d.toml").write_text(SUITE + theirs)
    assert run("d.toml", "--items", ".") == 0
    assert items_of(place / "runs/d") == ["a", "b", "c"]
    assert "is the recording itself" not in capsys.readouterr().out


def test_decoded_audio_that_is_the_recordings_gets_a_check_line(place, capsys):
    theirs = '[[condition]]\ncodec = "theirs"\ndecoded = "."\nkbps = 3\nsample_rate = 16000\n'
    (place / "items").mkdir()
    for name in "abc":
        (place / f"{name}.flac").rename(place / "items" / f"{name}.flac")
    (place / "items" / "d.toml").write_text(SUITE + theirs)
    assert run("items/d.toml", "--items", "items", "--out", "run") == 0
    line = "check: theirs-3: the decoded audio of 3 of 3 items is the recording itself"
    assert line in capsys.readouterr().out
    checks = pd.read_csv("run/checks.csv")
    assert checks["condition"].tolist() == ["theirs-3"] * 3
    assert set(checks["finding"]) == {"decoded audio is the recording itself, sample for sample"}


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_goes_on_with_the_items_that_it_was_begun_with(place, capsys, monkeypatch, killed):
    with monkeypatch.context() as patch:
        if killed:
            patch.setattr(runner.Runner, "run", _interrupt)
        assert run("s.toml", "--items", ".") == (130 if killed else 0)
    before = {name: content for name, content in tree(place / "runs/s").items()}
    write_recordings(place, "def")
    write_recordings(place, "b", seed=1)
    (place / "c.flac").unlink()
    assert run("s.toml", "--items", ".") == 2
    errors = capsys.readouterr().err
    assert "was begun with 3 items, here are 5: new: d, e, f; gone: c; changed: b. Take" in errors
    assert tree(place / "runs/s") == before
    assert run("s.toml", "--items", ".", "--out", "runs/other") == 0


def _interrupt(self):
    raise KeyboardInterrupt


def test_a_recording_that_changes_while_the_run_lasts_fails_alone(place, monkeypatch, capsys):
    really = runner.Runner.run

    def run_on_others(self):
        write_recordings(place, "b", seed=1)
        return really(self)

    monkeypatch.setattr(runner.Runner, "run", run_on_others)
    assert run("s.toml", "--items", ".") == 1
    rows = pd.read_csv(place / "runs/s/rows.csv").dropna(subset="error")
    assert set(rows["item"]) == {"b"}
    assert "b.flac: has changed: its SHA-256 is" in rows["error"].iloc[0]


@pytest.mark.slow
def test_a_project_around_a_run_stays_as_it_is(place):
    for name in (".env.local", f".{'0' * 32}.part"):
        path = place / "p" / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("S")
    before = tree(place)
    assert run("s.toml", "--items", ".", "--out", ".") == 0
    after = tree(place)
    assert {name: after.get(name) for name in before} == before
    assert main(["verify", "."]) == 0


def test_a_project_with_a_manifest_of_its_own_is_no_place_for_a_run(place, capsys):
    (place / "manifest.json").write_text('{"name": "my web page"}')
    before = tree(place)
    assert run("s.toml", "--items", ".", "--out", ".") == 2
    assert "holds manifest.json, but no journal.jsonl" in capsys.readouterr().err
    assert tree(place) == before


def test_what_a_killed_process_left_goes_and_nothing_else(place):
    assert run("s.toml", "--items", ".") == 0
    folder = place / "runs/s/decoded/pcm"
    (folder / f".{'0' * 32}.part").write_text("half")
    (folder / ".notes.txt").write_text("mine")
    assert run("s.toml", "--items", ".") == 0
    assert sorted(path.name for path in folder.iterdir() if path.name[0] == ".") == [".notes.txt"]


@pytest.mark.slow
def test_names_that_are_formulas_are_text_in_every_table(place):
    (place / "a.flac").rename(place / "=1+2.flac")
    assert run("s.toml", "--items", ".") == 0
    text = (place / "runs/s/rows.csv").read_text() + (place / "runs/s/items.csv").read_text()
    assert ",'=1+2," in text
    assert ",=1+2" not in text
    assert run("s.toml", "--items", ".") == 0
    assert main(["verify", "runs/s", "--fraction", "1"]) == 0
