"""Files that commands write where something is already."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from nscbench.benchmarks.store.outputs import OutputError, OutputFile

TO_STDOUT = """
import sys
from pathlib import Path
from nscbench.benchmarks.store.outputs import OutputFile
output = OutputFile(Path(sys.argv[1]), [".wav"])
output.write(b"new")
print("said", file=sys.stderr if output.is_stdout else sys.stdout)
"""


def test_a_new_file_and_an_old_one(tmp_path):
    path = tmp_path / "new" / "a.wav"
    OutputFile(path, [".wav"]).write(b"first")
    path.chmod(0o640)
    OutputFile(path, [".wav"]).write(b"second")
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in path.parent.iterdir()] == ["a.wav"]


def test_links_are_followed(tmp_path):
    target, link, dangling = (tmp_path / name for name in ("t.wav", "l.wav", "d.wav"))
    target.write_bytes(b"old")
    link.symlink_to(target)
    dangling.symlink_to("to_be.wav")
    for path in (link, dangling):
        OutputFile(path, [".wav"]).write(b"new")
        assert path.is_symlink()
    assert target.read_bytes() == (tmp_path / "to_be.wav").read_bytes() == b"new"
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    with pytest.raises(OSError, match="symbolic links"):
        OutputFile(tmp_path / "loop.wav", [".wav"])


def test_all_names_of_a_file_stay_one_file(tmp_path):
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    first.write_bytes(b"a longer old content")
    second.hardlink_to(first)
    OutputFile(second, [".wav"]).write(b"new")
    assert first.read_bytes() == b"new"
    assert first.samefile(second)


def test_a_named_pipe_is_written_and_stays_one(tmp_path):
    path, heard = tmp_path / "p.anything", []
    os.mkfifo(path)
    reader = Thread(target=lambda: heard.append(path.read_bytes()))
    reader.start()
    OutputFile(path, [".wav"]).write(b"new")
    reader.join(10)
    assert heard == [b"new"]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_devices_stay_devices():
    null, full = Path(os.devnull), Path("/dev/full")
    OutputFile(null, [".wav"]).write(b"new")
    assert stat.S_ISCHR(null.stat().st_mode)
    if full.exists():
        with pytest.raises(OSError, match="No space left") as caught:
            OutputFile(full, [".wav"]).write(b"new")
        assert caught.value.filename == str(full)


def test_inputs_are_not_destroyed(tmp_path):
    given = tmp_path / "in.wav"
    given.write_bytes(b"old")
    (tmp_path / "hard.wav").hardlink_to(given)
    (tmp_path / "soft.wav").symlink_to(given)
    for name in ("in.wav", "hard.wav", "soft.wav", "../" + tmp_path.name + "/in.wav"):
        with pytest.raises(OutputError, match="is the input"):
            OutputFile(tmp_path / name, [".wav"], [given])
    assert given.read_bytes() == b"old"


def test_what_cannot_be_written_is_said_before_the_work(tmp_path):
    for suffix in (".mp3", ".FLAC", ".wav.gz"):
        with pytest.raises(OutputError, match=r"allowed are \.wav"):
            OutputFile(tmp_path / f"a{suffix}", [".wav"])
    OutputFile(tmp_path / "A.WAV", [".wav"])
    OutputFile(tmp_path / "without", [".wav"])
    (tmp_path / "d.wav").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        OutputFile(tmp_path / "d.wav", [".wav"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_protected_file_is_not_replaced(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        OutputFile(path, [".wav"])


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_is_written_to_and_nothing_else_is_said_there(tmp_path, path):
    if not os.path.exists(path):
        pytest.skip(f"no {path} here")
    command = [sys.executable, "-c", TO_STDOUT, path]
    piped = subprocess.run(command, capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"new", b"said\n")
    log = tmp_path / "log"
    log.write_bytes(b"old ")
    with log.open("ab") as file:
        subprocess.run(command, stdout=file, check=True)
    assert log.read_bytes() == b"old new"
