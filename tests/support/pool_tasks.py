"""What worker processes are asked to do in the tests of the pool."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from nscbench.benchmarks.workers.pool import Pool


@dataclass(frozen=True)
class Call:
    """A request to call any function."""

    stage: str
    task: Callable
    args: tuple = ()
    device: str = "cpu"
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()

    def do(self):
        return self.task(*self.args)


class Particular(Exception):
    """Cannot be made again from its message alone."""

    def __init__(self, first, second):
        super().__init__(first + second)


def touch_and_hang(path):
    """The file appears whole, with the process's number."""
    partial = path.with_suffix(".part")
    partial.write_text(str(os.getpid()))
    partial.rename(path)
    time.sleep(3600)


def exit_with_a_code(*_):
    os._exit(11)


def refuse():
    raise ValueError("no")


def leave():
    raise SystemExit(3)


def ask_for_too_much():
    raise MemoryError


def raise_what_cannot_travel():
    raise Particular("a", "b")


def give_a_lock():
    return Lock()


def parent_of_a_pool(path):
    """Dies with a task in hand."""
    Pool(1).submit(600, touch_and_hang, path)
    while not Path(path).exists():
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGKILL)


def exists(number):
    """Is there such a process, and has it not ended?"""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
