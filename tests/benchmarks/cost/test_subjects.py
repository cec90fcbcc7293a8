"""Whose costs are measured: conditions of suites and of runs, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest

from nscbench.benchmarks.cost.subjects import chosen_codecs, open_subject
from nscbench.benchmarks.run.suite import load_suite
from nscbench.benchmarks.store.run_directory import RunError
from nscbench.codecs import get


@pytest.fixture
def root(finished, tmp_path):
    """A copy to edit."""
    return shutil.copytree(finished, tmp_path / "run")


def edit(root, change):
    manifest = json.loads((root / "manifest.json").read_text())
    change(manifest)
    (root / "manifest.json").write_text(json.dumps(manifest))


def test_a_suite_s_costs_belong_where_its_run_lies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    subject = open_subject("demo")
    assert (subject.name, subject.root) == ("demo", Path("runs/demo"))
    assert list(subject.codecs.values()) == list(load_suite("demo").codecs)
    (tmp_path / "own.toml").write_text('metrics = ["si_sdr"]\n[[condition]]\ncodec = "pcm"\n')
    assert open_subject("own.toml").codecs == {"pcm": get("pcm")}
    assert open_subject("own.toml").root == Path("runs/own")


def test_a_run_s_codecs_are_made_again_from_its_manifest(root):
    subject = open_subject(str(root))
    assert subject.root == root
    assert subject.codecs == {"pcm": get("pcm"), "mnru-20": get("mnru-20")}
    assert chosen_codecs(subject, []) == [get("pcm"), get("mnru-20")]
    assert chosen_codecs(subject, ["mnru-20"]) == [get("mnru-20")]
    with pytest.raises(RunError, match="no condition is called 'opus-6'; there are: pcm, mnru-20"):
        chosen_codecs(subject, ["pcm", "opus-6"])


@pytest.mark.parametrize("key", ["settings", "fingerprint", "backend"])
def test_a_condition_that_is_another_one_here_is_refused(root, key):
    edit(root, lambda manifest: manifest["conditions"][1].update({key: "other"}))
    with pytest.raises(RunError, match=f"the {key} of mnru-20 is 'other' in the run, '"):
        open_subject(str(root))


def test_a_condition_that_cannot_be_made_here_is_refused(root):
    edit(root, lambda manifest: manifest["conditions"][1].update(codec="lost"))
    with pytest.raises(RunError, match="mnru-20 cannot run here: no codec is called 'lost'"):
        open_subject(str(root))


def test_programs_of_a_run_are_asked_for(root):
    def declare(manifest):
        line = "tool {in} {out}"
        settings = {"encode": line, "decode": line, "kbps": 1.0, "sample_rate": 16_000}
        manifest["arguments"]["mnru-20"] = settings

    edit(root, declare)
    with pytest.raises(RunError, match="--programs"):
        open_subject(str(root))


def test_what_is_neither_is_refused(tmp_path):
    with pytest.raises(
        RunError, match="neither the directory of a finished run nor a suite; .*demo"
    ):
        open_subject(str(tmp_path))
