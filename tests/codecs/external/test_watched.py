"""Programs end with what they started, and with the process that runs them."""

import os
import signal as signals
import subprocess
import sys
import time
from pathlib import Path
from select import select

import pytest

from nscbench.codecs import CodecError
from nscbench.codecs.noise import Noise
from support.programs import RATE, command, python

PATIENCE = 60  # seconds


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path, signal):
    note = tmp_path / "child"
    code = (
        "import subprocess,sys,time; "
        "p=subprocess.Popen([sys.executable,'-c','import time; time.sleep(600)']); "
        f"open('{note}','w').write(str(p.pid)); time.sleep(600)"
    )
    codec = command(tmp_path, encode=python(code), time_limit=5)
    with pytest.raises(CodecError, match="`encode` took more than 5 s"):
        codec.encode([signal])
    child = int(note.read_text())
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


@pytest.mark.parametrize(
    "ending",
    # without a handler, SIGTERM ends a process as SIGKILL does
    [signals.SIGKILL, signals.SIGINT, pytest.param(signals.SIGTERM, marks=pytest.mark.slow)],
)
def test_a_program_ends_with_the_process_that_runs_it(tmp_path, ending):
    """All that the program started has the pipe open to write: its end is that of the last one."""
    pipe, tool = tmp_path / "pipe", tmp_path / "tool.py"
    os.mkfifo(pipe)
    tool.write_text(
        f"import os, time\nfile = open({str(pipe)!r}, 'wb', buffering=0)\nos.fork()\n"
        "file.write(b'x')\ntime.sleep(600)"
    )
    runs_it = (
        # in the background of a shell, where SIGINT is ignored, it would be here too
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from nscbench.codecs import make\nfrom nscbench.codecs.noise import Noise\n"
        f"line = '{sys.executable} {tool} {{in}} {{out}}'\n"
        f"codec = make('mine', dict(encode=line, decode=line, kbps=1, sample_rate={RATE}))\n"
        "codec.decode([b'x'], Noise([1]))"
    )
    own = os.environ | {"TMPDIR": str(tmp_path)}  # its folder stays behind
    started = subprocess.Popen([sys.executable, "-c", runs_it], stderr=subprocess.DEVNULL, env=own)
    with pipe.open("rb") as file:
        assert file.read(2) == b"xx"
        started.send_signal(ending)
        assert started.wait(PATIENCE) != 0
        assert select([file], [], [], PATIENCE)[0], "the program runs on"
        assert file.read() == b""


def test_a_program_that_ended_leaves_no_watcher(tmp_path, tool, signal):
    before = _children()
    codec = command(tmp_path)
    codec.decode(codec.encode([signal]), Noise([1]))
    assert _children() == before


def _children():
    stats = (path.read_text() for path in Path("/proc").glob("[0-9]*/stat"))
    return sum(stat.rpartition(")")[2].split()[1] == str(os.getpid()) for stat in stats)


def _runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
