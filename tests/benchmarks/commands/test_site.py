"""`nscbench site`: which runs make a site, what it says of others, what lies there."""

import json

import pytest
import yaml

from nscbench.benchmarks.cli import main
from support.runs import items, ladder, write_audio, write_run


@pytest.fixture
def one(tmp_path):
    return write_run(tmp_path / "one", ladder("opus", rates=(6, 8)), items(6, 3))


def refused(capsys, *words):
    assert main(["site", *map(str, words)]) == 2
    return capsys.readouterr().err


def test_runs_of_other_versions_are_refused_by_name(tmp_path, one, capsys):
    other = write_run(tmp_path / "two", ladder("new"), items(6, 3), versions=("1", "2"))
    message = refused(capsys, one, other, "--out", tmp_path / "site")
    assert "metric stoi: version 1 in" in message
    assert not (tmp_path / "site").exists()


def test_runs_of_other_recordings_under_one_name_are_refused(tmp_path, one, capsys):
    changed = [item | {"sha256": 64 * "0"} for item in items(6, 3)[:1]]
    other = write_run(tmp_path / "two", ladder("new"), changed)
    message = refused(capsys, one, other, "--out", tmp_path / "site")
    assert "item i000: content" in message


def test_a_condition_with_two_codecs_behind_it_is_refused(tmp_path, one, capsys):
    again = ladder("opus", rates=(6,))
    other = write_run(tmp_path / "two", again, items(6, 3), settings=", complexity=5")
    message = refused(capsys, one, other, "--out", tmp_path / "site")
    assert "condition opus-6: opus(kbps=6) in" in message


def test_runs_without_a_common_item_are_refused(tmp_path, one, capsys):
    other = write_run(tmp_path / "two", ladder("new"), items(9, 3)[6:])
    message = refused(capsys, one, other, "--out", tmp_path / "site")
    assert "no item is in all of these runs" in message
    assert not (tmp_path / "site").exists()


def test_no_run_is_written_over(tmp_path, one, capsys):
    assert "choose another --out" in refused(capsys, one, "--out", one)


def test_a_full_disk_is_told(tmp_path, one, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nscbench.benchmarks.commands.site.write_site", full)
    assert refused(capsys, one, "--out", tmp_path / "site") == "nscbench: No space left on device\n"


@pytest.mark.slow
def test_a_site_lies_there_with_everything(tmp_path, one, capsys):
    write_audio(one)
    out = tmp_path / "site"
    assert main(["site", str(one), "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith("index.html: 2 conditions, 1 codecs\n")
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"index.html", "submit.html", "results.json", "leaderboard.csv"} <= names
    assert {"codecs/opus.html", "codecs/opus.yaml", "figures/opus.csv"} <= names
    assert len(json.loads((out / "results.json").read_text())["records"]) == 2
    assert yaml.safe_load((out / "codecs" / "opus.yaml").read_text())["model-index"]
    assert (out / "codecs" / "opus.html").read_text().count("<svg") == 2  # wide and narrow
    for path in (one / "decoded" / "opus-6").iterdir():
        path.write_bytes(b"another")
    assert main(["site", str(one), "--out", str(out)]) == 1
    assert "not played: i00" in capsys.readouterr().err
