"""Commands that only look at somebody's run: nothing is written, followed or waited for."""

import json
import os
import shutil

import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.verify.recomputation import Recomputation
from support.small_runs import SUITE, run, tree, write_recordings


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("received")
    write_recordings(folder / "items")
    (folder / "s.toml").write_text(SUITE)
    assert run(folder / "s.toml", "--items", folder / "items", "--out", folder / "run") == 0
    return folder / "run"


@pytest.fixture
def root(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "received" / "run")


@pytest.fixture
def only_looked_over(monkeypatch):
    monkeypatch.setattr(Recomputation, "differences", lambda self, part: [])


def look(capsys, *words):
    """Exit status, output and errors of a command."""
    capsys.readouterr()
    status = main([str(word) for word in words])
    return status, *capsys.readouterr()


def test_a_folder_that_is_no_run_stays_as_it_is(tmp_path, capsys):
    for name in (".env.local", f".{'0' * 32}.part"):
        path = tmp_path / "p" / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("S")
    before = tree(tmp_path)
    for words in (["verify", tmp_path], ["report", tmp_path], ["compare", tmp_path, "--all"]):
        status, _, errors = look(capsys, *words)
        assert (status, "not a finished run" in errors) == (2, True)
    assert tree(tmp_path) == before


@pytest.mark.slow
def test_looking_leaves_no_trace(root, capsys):
    (root / ".lock").unlink()
    before = tree(root)
    assert look(capsys, "verify", root)[0] == 0
    look(capsys, "compare", root, "--all")
    look(capsys, "mushra", "build", root, "--out", root.parent / "test")
    assert tree(root) == before


def test_what_nobody_may_write_is_read(root, capsys, only_looked_over, monkeypatch):
    """As on a read-only disk, which root is not stopped by modes alone."""
    really = os.open

    def read_only(path, flags, *rest, **others):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(path).startswith(str(root)):
            raise OSError(30, "Read-only file system", str(path))
        return really(path, flags, *rest, **others)

    monkeypatch.setattr(os, "open", read_only)
    for path in (*root.rglob("*"), root):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert look(capsys, "verify", root)[0] == 0


def test_a_torn_line_is_found_as_often_as_it_is_looked_for(root, capsys, only_looked_over):
    with (root / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"key": "half')
    before = tree(root)
    found = [look(capsys, "verify", root) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0][0] == 1
    assert "DIFFERENT journal.jsonl: its last line is torn" in found[0][1]
    assert "DIFFERENT journal.jsonl: has not the content that SHA256SUMS says" in found[0][1]
    assert tree(root) == before


@pytest.mark.parametrize(
    "name", ["journal.jsonl", "manifest.json", "rows.csv", "items.csv", "checks.csv"]
)
def test_links_out_of_a_run_are_refused_and_their_targets_stay(root, tmp_path, capsys, name):
    theirs = tmp_path / "theirs"
    shutil.copy(root / name, theirs)
    with theirs.open("ab") as file:
        file.write(b"half a line")
    (root / name).unlink()
    (root / name).symlink_to(theirs)
    before = tree(tmp_path)
    status, _, errors = look(capsys, "verify", root)
    assert (status, "outside of the run" in errors) == (2, True)
    assert tree(tmp_path) == before


def test_locks_and_folders_that_are_links_are_let_alone(root, tmp_path, capsys, only_looked_over):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (root / ".lock").unlink()
    (root / ".lock").symlink_to(theirs / "notes.txt")
    (theirs / "notes.txt").write_text("theirs")
    for name in (".env.local", f".{'0' * 32}.part"):
        (theirs / name).write_text("theirs")
    shutil.move(root / "decoded" / "pcm", tmp_path / "moved")
    (root / "decoded" / "pcm").symlink_to(tmp_path / "moved")
    (root / "streams" / "extra").symlink_to(theirs)
    (root / "p").mkdir()
    (root / "p" / "app").symlink_to(theirs)
    before = tree(tmp_path)
    status, text, _ = look(capsys, "verify", root)
    assert status == 1
    assert "decoded/pcm: is no folder of a run; what it leads to is not looked at" in text
    assert "decoded/pcm/a.flac: is outside of the run" in text
    assert "streams/extra: belongs to no condition" in text
    assert tree(tmp_path) == before


def test_sums_lead_nowhere_else(root, tmp_path, capsys, only_looked_over):
    os.mkfifo(root / "pipe")
    (tmp_path / "secret").write_text("theirs")
    with (root / "SHA256SUMS").open("a") as sums:
        for name in ("../../secret", str(tmp_path / "secret"), "pipe", "decoded"):
            sums.write(f"{'0' * 64}  {name}\n")
    status, text, _ = look(capsys, "verify", root)
    assert status == 1
    assert text.count("is outside of the run") == 2
    assert "pipe: is a pipe" in text
    assert "decoded: is a folder" in text


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *(("verify", name) for name in ("manifest.json", "journal.jsonl", "rows.csv")),
        *(("verify", "SHA256SUMS"), ("compare", "rows.csv"), ("compare", "checks.csv")),
        *(("report", "manifest.json"), ("cost", "manifest.json"), ("mushra", "rows.csv")),
    ],
)
def test_a_pipe_is_not_waited_for(root, capsys, only_looked_over, command, name):
    (root / name).unlink()
    os.mkfifo(root / name)
    words = {
        "compare": ["compare", root, "--all"],
        "mushra": ["mushra", "build", root, "--out", root.parent / "test"],
    }.get(command, [command, root])
    status, text, errors = look(capsys, *words)
    assert status in (1, 2)
    assert f"{name}: is a pipe" in text + errors


def edited(root, change):
    manifest = json.loads((root / "manifest.json").read_text())
    change(manifest)
    (root / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["suite"].update(draws=10**9), "suite.draws is 1000000000; at most 1000"),
        (lambda m: m["suite"].update(draws=1e9), "suite.draws is 1000000000.0, not a int"),
        (lambda m: m["items"][0].update(path="/dev/zero"), "a: /dev/zero: is a device"),
        (lambda m: m["items"][0].update(path="a\0b"), "No such file"),
        (lambda m: m["conditions"][0].update(sample_rate=0), "the sample_rate of pcm is 0"),
        (lambda m: m["conditions"][0].update(nominal_kbps=-1), "the nominal_kbps of pcm is -1"),
    ],
)
def test_manifests_that_cannot_be_true_are_one_error(root, capsys, change, message):
    edited(root, change)
    status, _, errors = look(capsys, "verify", root)
    assert status == 2
    assert message in errors


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ('{"key": "k", "x": ' + "[" * 100_000, 1, "journal.jsonl: has not the content"),
        ('{"key": "k", "condition": "\\u001b[2J", "item": "a", "draw": 0, "metric": "m", '
         '"values": {}, "undefined": ""}', 1, "has results of the condition \\x1b[2J"),
        ('{"key": "k", "condition": "pcm", "item": "a", "draw": 0, "metric": "si_sdr", '
         '"values": {"si_sdr": "text"}, "undefined": ""}', 2, "lacks what a record of a run has"),
        ('{"key": "k", "condition": "pcm", "item": "a", "draw": 0, "metric": "si_sdr", '
         '"values": {"si_sdr": Infinity}, "undefined": ""}', 2, "lacks what a record of a run has"),
    ],
)  # fmt: skip
def test_records_that_no_run_writes(root, capsys, only_looked_over, line, status, message):
    with (root / "journal.jsonl").open("a") as journal:
        journal.write(line + "\n")
    found, text, errors = look(capsys, "verify", root)
    assert (found, "\x1b" in text + errors) == (status, False)
    assert message in text + errors


def test_a_recording_that_changed_is_said_to_have(root, finished, capsys):
    edited(root, lambda m: m["items"][0].update(sha256="0" * 64))
    status, _, errors = look(capsys, "verify", root)
    assert status == 2
    assert "a.flac: wrong content: its SHA-256 is" in errors
