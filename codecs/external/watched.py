"""Programs that end with whoever started them, however that one ends.

A program runs in a session of its own, which Ctrl-C and the end of a batch job do not reach, and a
process that is killed cannot end what it started. So a keeper runs it (`keeper`): a process that
reads from a pipe whose other end this process alone has. The system closes it when this process
ends, and the keeper kills the program with all that it started.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from signal import SIGKILL
from typing import IO

from . import keeper


def run_watched(
    words: Sequence[str], folder: str | Path, said: IO[bytes], time_limit: float
) -> int:
    """Run a program in a folder, without input, and kill whatever it leaves behind.

    On Linux that is all that it started; elsewhere, a process that left its group, and whose
    parents ended, is not found.

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
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(keeper.__file__), *words],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        start_new_session=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            process.wait(time_limit)
        finally:
            process.stdin.close()  # the keeper kills what there is, and ends
            ended = process.stdout.read()
    return int(ended) if ended else -SIGKILL
