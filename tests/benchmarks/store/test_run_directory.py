"""A run's directory: who may be in it, and what is deleted there."""

import os

import pytest

from nscbench.benchmarks.store.atomic import PARTIAL
from nscbench.benchmarks.store.journal import Journal
from nscbench.benchmarks.store.run_directory import RunDirectory, RunError

PART = f".{'0a' * 16}.part"


def test_the_lock_is_neither_emptied_nor_followed(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "run" / ".lock").symlink_to(tmp_path / "theirs")
    with (
        pytest.raises(RunError, match="cannot be written"),
        RunDirectory(tmp_path / "run").locked(),
    ):
        pass
    assert (tmp_path / "theirs").read_text() == "theirs"
    (tmp_path / "run" / ".lock").unlink()
    (tmp_path / "run" / ".lock").write_text("of another program")
    with RunDirectory(tmp_path / "run").locked():
        pass
    assert (tmp_path / "run" / ".lock").read_text() == "of another program"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_lock_that_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / ".lock")
    with pytest.raises(RunError), RunDirectory(tmp_path).locked():
        pass


@pytest.mark.parametrize(
    "name", ["manifest.json", "items.csv", "rows.csv", "curves/a", "decoded/a", "SHA256SUMS"]
)
def test_nothing_of_a_folder_that_is_no_run_is_written_over(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("theirs")
    named = name.split("/")[0]
    with pytest.raises(RunError, match=f"holds {named}, but no"), RunDirectory(tmp_path).locked():
        pass
    assert path.read_text() == "theirs"
    assert not (tmp_path / ".lock").exists()


def test_costs_may_be_there_before_the_run(tmp_path):
    for name in ("cost.csv", "cost.json", "SHA256SUMS"):
        (tmp_path / name).write_text("")
    with RunDirectory(tmp_path).locked():
        assert (tmp_path / ".lock").is_file()


def test_a_run_within_it_shows_that_it_has_begun(tmp_path):
    (tmp_path / "robustness.csv").write_text("")
    with pytest.raises(RunError), RunDirectory(tmp_path).locked("clean"):
        pass
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "journal.jsonl").touch()
    with RunDirectory(tmp_path).locked("clean"):
        assert (tmp_path / ".lock").is_file()


def test_only_partial_files_of_named_conditions_go(tmp_path):
    assert PARTIAL.fullmatch(PART)
    run, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    gone = [run / "streams/pcm" / PART, run / "decoded/pcm" / PART]
    kept = [
        *(run / "streams/pcm" / name for name in (".env.local", ".a.part", "a.nsc", PART[1:])),
        run / "streams/other" / PART,
        run / "p/app/.env.local",
        run / PART,
        elsewhere / PART,
    ]
    for path in (*gone, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (run / "decoded/linked").symlink_to(elsewhere)
    conditions = ["pcm", "linked", "absent", "..", "../../elsewhere", str(elsewhere)]
    RunDirectory(run).sweep_partial_files(conditions)
    assert [path.exists() for path in gone] == [False, False]
    assert [path.exists() for path in kept] == [True] * len(kept)


@pytest.mark.parametrize("text", ['{"mine": 1}\n', "notes", '{"mine": 1}\nhalf', "[1]\n[2]\n"])
def test_the_log_of_another_program_is_not_written_to(tmp_path, text):
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(RunError, match="holds no record of a run"):
        Journal(path)
    assert path.read_text() == text


def test_a_log_that_is_a_link_is_not_written_to(tmp_path):
    (tmp_path / "theirs").write_text('{"key": "a", "half')
    (tmp_path / "journal.jsonl").symlink_to(tmp_path / "theirs")
    with pytest.raises(RunError, match="no regular file"):
        Journal(tmp_path / "journal.jsonl")
    assert (tmp_path / "theirs").read_text() == '{"key": "a", "half'


@pytest.mark.parametrize("name", ["curves", "curves/lsd.csv", "streams", "decoded", "decoded/pcm"])
def test_a_run_that_goes_on_writes_through_no_link_out_of_it(tmp_path, name):
    (tmp_path / "theirs").mkdir()
    link = tmp_path / "run" / name
    link.parent.mkdir(parents=True)
    (tmp_path / "run" / "journal.jsonl").touch()
    link.symlink_to(tmp_path / "theirs")
    with (
        pytest.raises(RunError, match=f"{name}: a link leads out of the run"),
        RunDirectory(tmp_path / "run").locked(),
    ):
        pass
    assert not list((tmp_path / "theirs").iterdir())
    link.unlink()
    (tmp_path / "run" / "ours").mkdir()
    link.symlink_to(tmp_path / "run" / "ours")
    with RunDirectory(tmp_path / "run").locked():
        assert (tmp_path / "run" / ".lock").is_file()


def test_a_part_that_is_a_link_out_of_the_run_is_refused(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "clean").symlink_to(tmp_path)
    with pytest.raises(RunError, match="clean: a link leads out of the run"):
        RunDirectory(tmp_path / "run").refuse_links("clean")
    RunDirectory(tmp_path / "run").refuse_links("absent")
