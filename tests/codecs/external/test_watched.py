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


@pytest.mark.slow
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
    assert _ends(int(note.read_text()))


# Each leaves a process that its parents, its group and its session do not lead to.
LEAVES = {
    "a session of its own": "os.fork() or (os.setsid(), stay())",
    "a daemon": "os.fork() or (os.setsid(), os.fork() and os._exit(0), stay())",
    "a daemon of another session": (
        "os.fork() or (os.setsid(), os.fork() and os._exit(0), os.setsid(), stay())"
    ),
    "a daemon without environment": (
        "os.fork() or (os.setsid(), os.fork() and os._exit(0), note(), os.execve(sys.executable,"
        " [sys.executable, '-c', 'import time; time.sleep(600)'], {}))"
    ),
    "a line of daemons": (
        "os.fork() or ([os.fork() and os._exit(0) or os.setsid() for _ in range(20)], stay())"
    ),
}
linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells who started a process whose parents ended"
)


@linux_only
@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES)
@pytest.mark.parametrize("then", [pytest.param("hangs", marks=pytest.mark.slow), "ends", "fails"])
def test_whatever_a_program_started_ends_with_it(tmp_path, signal, leave, then):
    note = tmp_path / "child"
    tool = tmp_path / "tool.py"
    end = {"hangs": "time.sleep(600)", "ends": "open(sys.argv[2], 'w').write('x')", "fails": "1/0"}
    tool.write_text(
        "import os, signal, sys, time\n"
        "def note():\n"
        f"    open({str(note)!r} + '.part', 'w').write(str(os.getpid()))\n"
        f"    os.rename({str(note)!r} + '.part', {str(note)!r})\n"
        "def stay():\n"
        "    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):\n"
        "        signal.signal(number, signal.SIG_IGN)\n"
        "    note()\n"
        "    time.sleep(600)\n"
        "    os._exit(0)\n"
        f"{leave}\n"
        f"while not os.path.exists({str(note)!r}): time.sleep(0.01)\n"
        f"{end[then]}\n"
    )
    codec = command(
        tmp_path,
        encode=f"{sys.executable} {tool} {{in}} {{out}}",
        time_limit=5 if then == "hangs" else 60,
    )
    if then == "ends":
        assert codec.encode([signal]) == [b"x"]
    else:
        why = {"hangs": "more than 5 s", "fails": "ZeroDivisionError"}[then]
        with pytest.raises(CodecError, match=why):
            codec.encode([signal])
    assert _ends(int(note.read_text()))


def test_how_a_program_ended_is_told(tmp_path, signal):
    """As it was before anybody stood between it and us."""
    (tmp_path / "script").write_text('cp "$1" "$2"\n')  # without a first line that says of what
    (tmp_path / "script").chmod(0o755)
    (tmp_path / "broken").write_text("#!/nowhere/sh\n")
    (tmp_path / "broken").chmod(0o755)
    (payload,) = command(tmp_path, encode="{suite}/script {in} {out}").encode([signal])
    assert payload[:4] == b"RIFF"
    with pytest.raises(CodecError, match="status 127: .*broken: No such file"):
        command(tmp_path, encode="{suite}/broken {in} {out}").encode([signal])
    for number in (signals.SIGTERM, signals.SIGPIPE, signals.SIGHUP, signals.SIGINT):
        line = f"/bin/sh -c 'kill -{int(number)} $$' {{in}} {{out}}"
        with pytest.raises(CodecError, match=f"killed by signal {int(number)}"):
            command(tmp_path, encode=line).encode([signal])


@pytest.mark.parametrize(
    "ending",
    # without a handler, SIGTERM ends a process as SIGKILL does
    [
        signals.SIGKILL,
        *(pytest.param(s, marks=pytest.mark.slow) for s in (signals.SIGINT, signals.SIGTERM)),
    ],
)
def test_a_program_ends_with_the_process_that_runs_it(tmp_path, ending):
    """All that the program started has the pipe open to write: its end is that of the last one.

    On Linux, a daemon of it, too.
    """
    pipe, tool = tmp_path / "pipe", tmp_path / "tool.py"
    os.mkfifo(pipe)
    tool.write_text(
        f"import os, sys, time\nfile = open({str(pipe)!r}, 'wb', buffering=0)\nos.fork()\n"
        "if sys.platform == 'linux': os.fork() or (os.setsid(), os.fork() and os._exit(0))\n"
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
        assert file.read(4 if sys.platform == "linux" else 2).strip(b"x") == b""
        started.send_signal(ending)
        assert started.wait(PATIENCE) != 0
        assert select([file], [], [], PATIENCE)[0], "the program runs on"
        assert file.read() == b""


def test_a_program_that_ended_leaves_no_watcher(tmp_path, tool, signal):
    before = _children()
    codec = command(tmp_path)
    codec.decode(codec.encode([signal]), Noise([1]))
    assert _children() == before


def _ends(process):
    """Does it end soon? The process table may be a moment behind."""
    for _ in range(100):
        if not _runs(process):
            return True
        time.sleep(0.1)
    return False


def _children():
    stats = (path.read_text() for path in Path("/proc").glob("[0-9]*/stat"))
    return sum(stat.rpartition(")")[2].split()[1] == str(os.getpid()) for stat in stats)


def _runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
