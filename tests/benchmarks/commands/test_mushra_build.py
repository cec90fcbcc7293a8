"""`nscbench mushra build`: what it says, and its exit status."""

import argparse

import pytest

from nscbench.benchmarks.commands import mushra_analyze
from nscbench.benchmarks.commands.mushra_build import add_parsers
from support.mushra_run import make_run


def command(*words):
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(required=True)
    add_parsers(actions)
    mushra_analyze.add_parsers(actions)
    arguments = parser.parse_args([str(word) for word in words])
    return arguments.command(arguments)


@pytest.fixture(scope="module")
def run(speech_like, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)


def test_what_plan_writes_is_what_build_reads(run, tmp_path, capsys):
    plan, folder = tmp_path / "plan.csv", tmp_path / "test"
    words = ("--difference", 30, "--items", 4, "--items-per-listener", 2, "--out", plan)
    assert command("plan", *words) == 0
    listeners = int(capsys.readouterr().out.partition(" listeners")[0].rpartition(" ")[2])
    (tmp_path / "panel.toml").write_text("[consent]\ntext = 'Do you agree?'")
    config = ("--config", tmp_path / "panel.toml")
    assert command("build", run, "--out", folder, "--plan", plan, *config) == 0
    said = capsys.readouterr().out
    assert f"{listeners} sessions of 2 of 4 trials, training first, 5 signals each" in said
    assert "about 6 minutes a listener: 3 trials x 5 signals x 25 s\n" in said
    assert "Do you agree?" in (folder / "test.js").read_text()
    for option in (("--plan", plan), config):
        words = ("build", run, "--out", tmp_path / "w", "--format", "webmushra", *option)
        assert command(*words) == 2
        assert "are for our player" in capsys.readouterr().err
    assert command("build", run, "--out", folder, "--config", plan) == 2
    assert "cannot be read as a configuration" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_a_test_that_takes_longer_than_a_session_says_so(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("nscbench.listening_test.prepare.duration.SECONDS_PER_SIGNAL", 100.0)
    assert command("build", run, "--out", tmp_path / "test", "--items", 3) == 0
    assert "x 100 s; more than 20: --plan shares it out" in capsys.readouterr().out


def test_the_commands_say_what_they_made(run, tmp_path, capsys):
    folder = tmp_path / "test"
    assert command("build", run, "--out", folder, "--items", 2) == 0
    output = capsys.readouterr()
    assert "2 trials and one for training, 5 signals each, 16000 Hz" in output.out
    assert "about 6 minutes a listener: 3 trials x 5 signals x 25 s\n" in output.out
    assert "note: 2 items; BS.1534-3 asks for 5" in output.err
    assert command("build", run, "--out", tmp_path / "w", "--format", "webmushra") == 0
    assert "?config=mushra-" in capsys.readouterr().out
    assert command("build", run, "--out", folder, "--seed", 1) == 2
    assert "key of another test" in capsys.readouterr().err
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("mine")
    assert command("build", run, "--out", tmp_path / "page") == 2
    assert "index.html is no listening test's" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("page*/*")] == ["index.html"]
    assert command("build", tmp_path / "none", "--out", folder) == 2
    assert command("serve", tmp_path / "none") == 2
    assert "has no index.html" in capsys.readouterr().err
