"""`nscbench data check` on folders of other people."""

import os

import soundfile

from nscbench.benchmarks.cli import main
from support.recordings import tone, wav


def test_what_is_left_out_is_told(tmp_path, capsys):
    wav(tmp_path / "a.wav")
    (tmp_path / "b.m4a").touch()
    assert main(["data", "check", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.err == f"{tmp_path}: left out: 1 .m4a (b.m4a)\n"
    assert said.out.startswith("1 items")


def test_what_is_cut_off_is_named_each(tmp_path, capsys):
    """Half a file of every container: none of them passes."""
    wav(tmp_path / "whole.wav")
    containers = {"a.wav": "WAV", "b.wav": "RF64", "c.aiff": "AIFF", "d.ogg": "OGG"}
    for name, container in containers.items():
        soundfile.write(tmp_path / name, tone(2), 16_000, format=container)
        os.truncate(tmp_path / name, (tmp_path / name).stat().st_size // 2)
    opus = tmp_path / "e.opus"
    soundfile.write(opus, tone(2), 16_000, format="OGG", subtype="OPUS")
    os.truncate(opus, opus.stat().st_size // 2)
    assert main(["data", "check", str(tmp_path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1].rsplit("/")[-1] for line in lines] == [
        *("a.wav", "b.wav", "c.aiff", "d.ogg", "e.opus")
    ]
    assert all("cut off" in line for line in lines)


def test_a_named_pipe_does_not_hang(tmp_path, capsys):
    os.mkfifo(tmp_path / "p.wav")
    assert main(["data", "check", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"nscbench: {tmp_path}/p.wav: is a named pipe, not a file\n"


def test_a_name_that_is_not_utf_8(tmp_path, capsys):
    soundfile.write(os.fsencode(tmp_path) + b"/caf\xe9.wav", tone(), 16_000)
    assert main(["data", "check", str(tmp_path)]) == 1
    assert f"{tmp_path}/caf\\xe9.wav: its name is not UTF-8" in capsys.readouterr().err
