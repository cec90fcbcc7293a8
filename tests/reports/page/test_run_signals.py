"""Which signals of a run are played: those that were measured."""

import shutil

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.report import read_signal
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.page.gallery import gallery
from nscbench.reports.page.run_signals import RunSignals
from support.runs import items, ladder, write_audio, write_run


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    root = tmp_path_factory.mktemp("signals") / "run"
    write_run(root, ladder("opus", rates=(6, 8)), items(3, 3), missing=[("opus-8", "i002")])
    write_audio(root, seconds=0.5)
    (root / "decoded/opus-8/i002.flac").unlink()
    return root


@pytest.fixture
def root(measured, tmp_path):
    """A copy; the recordings are those of the copy, too."""
    root = shutil.copytree(measured, tmp_path / "run")
    text = (root / "manifest.json").read_text()
    (root / "manifest.json").write_text(text.replace(str(measured), str(root)))
    lines = (root / "journal.jsonl").read_text().splitlines()
    kept = [line for line in lines if not ("opus-8" in line and "i002" in line)]
    (root / "journal.jsonl").write_text("".join(f"{line}\n" for line in kept))
    return root


def asked(root, item, condition=""):
    """Is a signal had, and what is said of it?"""
    signals = RunSignals(read_run(root), read_signal)
    return signals.signal(item, condition) is not None, signals.faults, signals.changed


def test_what_is_as_it_was_is_had_and_failures_are_not_told(root):
    assert asked(root, "i000") == asked(root, "i001", "opus-6") == (True, [], False)
    assert asked(root, "i002", "opus-8") == (False, [], False)


@pytest.mark.parametrize(
    ("name", "condition"), [("recordings/i000.flac", ""), ("decoded/opus-6/i000.flac", "opus-6")]
)
def test_what_is_missing_or_another_one_is_named(root, name, condition):
    path = root / name
    soundfile.write(path, np.ones(100) / 2, 16_000)
    had, (fault,), changed = asked(root, "i000", condition)
    assert (had, changed) == (False, True)
    assert f"{path}: has changed: its SHA-256 is" in fault
    path.unlink()
    had, (fault,), changed = asked(root, "i000", condition)
    assert (had, changed) == (False, False)
    assert fault.endswith(f"{path}: is missing")
    path.mkdir()
    assert f"{path}: is a folder" in asked(root, "i000", condition)[1][0]


def test_decoded_audio_of_which_nothing_is_said_is_not_had(root):
    (root / "journal.jsonl").unlink()
    had, (fault,), changed = asked(root, "i000", "opus-6")
    assert (had, changed) == (False, True)
    assert fault.endswith("i000.flac: journal.jsonl does not say what it was")


@pytest.mark.slow
def test_a_report_plays_no_other_sentence_and_says_so(root, capsys):
    soundfile.write(root / "recordings/i001.flac", np.ones(100) / 2, 16_000)
    (root / "recordings/i002.flac").unlink()
    shown = gallery(read_run(root), read_signal)
    assert {card.pick.item for card in shown.cards} == {"i000"}
    assert main(["report", str(root)]) == 1
    errors = capsys.readouterr().err
    assert "not played: i001: its recording: " in errors
    assert "i001.flac: has changed" in errors
    assert "i002.flac: is missing" in errors
    page = (root / "report/report.html").read_text()
    assert "i001.flac: has changed" in page


def test_a_report_does_not_write_over_a_run_or_through_its_links(root, tmp_path, capsys):
    for out in (root, root / "report"):
        if out == root / "report":
            (tmp_path / "theirs").mkdir()
            out.symlink_to(tmp_path / "theirs")
        assert main(["report", str(root), "--out", str(out)]) == 2
        assert "choose another --out" in capsys.readouterr().err
    assert not list((tmp_path / "theirs").iterdir())
