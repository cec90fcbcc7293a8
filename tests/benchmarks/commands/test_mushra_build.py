"""`nscbench mushra build`: what it says, and its exit status."""

from nscbench.benchmarks.commands.mushra_build import add_parsers
from support.mushra_run import make_run


def test_the_commands_say_what_they_made(speech_like, tmp_path, capsys):
    run = make_run(tmp_path / "run", speech_like)
    import argparse

    parser = argparse.ArgumentParser()
    add_parsers(parser.add_subparsers(required=True))

    def command(*words):
        arguments = parser.parse_args([str(word) for word in words])
        return arguments.command(arguments)

    folder = tmp_path / "test"
    assert command("build", run, "--out", folder, "--items", 2) == 0
    output = capsys.readouterr()
    assert "2 trials and one for training, 5 signals each, 16000 Hz" in output.out
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
