"""Runs one program and ends with all that it started. A program itself: `watched` starts it.

    python -I -S keeper.py PROGRAM ARGUMENT ...

standard input    a pipe, whose other end has who started us. When it is closed, however that
                  process ended, everything is killed
standard output   takes how the program ended: its exit status, or minus the signal that killed it
standard error    is the program's

On Linux, a process whose parent ended becomes our child, and not that of the system
(PR_SET_CHILD_SUBREAPER): whatever sessions and groups the program's children made, and whoever of
them ended, all are below us and are found. Other systems have nothing like it. There, we kill the
program's process group and what is below the program in the tree of processes: what left the group,
and whose parents ended before, is not found.

The standard library only, and little of it: this starts with every call of a codec.
"""

import ctypes
import errno
import os
import select
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

if sys.platform != "linux":
    import subprocess

PATIENCE = 10.0  # seconds, for what the system does not let die
_SUBREAPER, _SIGNAL_OF_PARENT = 36, 1  # prctl's PR_SET_CHILD_SUBREAPER and PR_SET_PDEATHSIG
_STOP = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT}


def main(words: Sequence[str]) -> None:
    """Run the program of a command line."""
    _prctl(_SUBREAPER, 1)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in {signal.SIGCHLD, *_STOP}:
        signal.signal(number, lambda *_: None)  # it is in the pipe
    program = _started(words)
    ended: dict[int, int] = {}
    while program not in ended:
        ready, _, _ = select.select([sys.stdin.fileno(), woken], [], [])
        if woken in ready and _STOP & set(os.read(woken, 4096)):
            break
        ended |= dict(_reaped())
        if sys.stdin.fileno() in ready:
            break
    _kill(program)
    if program in ended:
        print(os.waitstatus_to_exitcode(ended[program]))


def _started(words: Sequence[str]) -> int:
    """The program's process, in a session of its own, without input; its output is thrown away."""
    process = os.fork()
    if process:
        return process
    _prctl(_SIGNAL_OF_PARENT, signal.SIGKILL)  # should somebody kill us
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for number in {signal.SIGCHLD, signal.SIGPIPE, *_STOP}:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execv(words[0], [*words])
    except OSError as error:
        if error.errno == errno.ENOEXEC:  # a script that does not say of what: the shell's
            os.execv("/bin/sh", ["/bin/sh", *words])
        os.write(2, f"{words[0]}: {error.strerror}\n".encode())
        os._exit(127 if error.errno == errno.ENOENT else 126)


def _kill(program: int) -> None:
    """Kill the program and what it started, until nothing is left."""
    until = time.monotonic() + PATIENCE
    below = [] if _is_alone() else list(_below(os.getpid()))  # before parents end
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program, signal.SIGKILL)
    while below and time.monotonic() < until:
        for process in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.002)
        below = [] if _is_alone() else list(_below(os.getpid()))


def _is_alone() -> bool:
    """Is no child of ours left? Those that have ended are taken leave of."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _reaped() -> Iterator[tuple[int, int]]:
    """Children that have ended, and their wait status."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _below(process: int) -> Iterator[int]:
    """All processes below one in the tree of processes."""
    children: dict[int, list[int]] = {}
    for one, parent in _parents():
        children.setdefault(parent, []).append(one)
    found = [process]
    while found:
        own = children.get(found.pop(), [])
        yield from own
        found += own


def _parents() -> Iterator[tuple[int, int]]:
    """Every process of the system, and its parent."""
    if sys.platform == "linux":
        for name in filter(str.isdecimal, os.listdir("/proc")):
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                yield int(name), int(file.read().rpartition(b")")[2].split()[1])
    else:
        table = ["/bin/ps", "-A", "-o", "pid=,ppid="]
        for line in subprocess.run(table, capture_output=True, check=False).stdout.splitlines():
            one, parent = line.split()
            yield int(one), int(parent)


def _prctl(option: int, value: int) -> None:
    """Ask Linux, which alone has it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
