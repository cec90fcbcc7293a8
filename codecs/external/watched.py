"""Programs that end with whoever started them, however that one ends.

A program runs as a process group of its own, which Ctrl-C and the end of a batch job do not reach,
and a process that is killed cannot end what it started. So a shell watches beside the program: it
reads from a pipe whose other end this process alone has. The system closes it when this process
ends, and the shell kills the group. Before it becomes the program, the group's first process says
through the same pipe which it is: no moment is left in which it runs and nobody knows of it.

POSIX all of it, so that it is the same on Linux and macOS.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_SHELL = "/bin/sh"
_WATCH = 'read -r group || exit; read -r never; kill -9 "-$group"'
_BECOME = 'echo $$; exec "$@" >/dev/null'


def run_watched(
    words: Sequence[str], folder: str | Path, said: IO[bytes], time_limit: float
) -> int:
    """Run a program in a folder, without input, and kill whatever of its group is left behind it.

    Args:
        words: of its command line: the program's path, and its arguments as it gets them.
        folder: where it runs, and where it is told to put what is temporary.
        said: takes its standard error; its standard output is thrown away.
        time_limit: seconds.

    Returns:
        Its exit status, or minus the signal that killed it.

    Raises:
        subprocess.TimeoutExpired: it took longer.
    """
    with _watcher() as names_the_group:
        process = subprocess.Popen(
            [_SHELL, "-c", _BECOME, _SHELL, *words],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=names_the_group,
            stderr=said,
            start_new_session=True,
        )
        try:
            return process.wait(time_limit)
        finally:
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _watcher() -> Iterator[int]:
    """A shell that kills a process group when this process ends.

    Yields the pipe by which it is told the group.
    """
    heard, ours = os.pipe()
    try:
        try:
            watcher = subprocess.Popen(
                [_SHELL, "-c", _WATCH],
                cwd="/",
                stdin=heard,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(heard)
        try:
            yield ours
        finally:
            watcher.kill()  # first: the pipe's end would have it kill a group that is gone
            watcher.wait()
    finally:
        os.close(ours)
