"""Worker processes that may crash or hang without taking the run with them."""

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

# One thread a worker: two multi-threaded workers on two cores are slower than one.
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class TaskFailed(Exception):
    """A task failed on another machine: the message is what `reason` said there."""


class TaskLost(TaskFailed):
    """The process of a task on another machine was stopped at its time limit."""


class TaskDied(TaskLost):
    """The process of a task on another machine died."""


class Pool:
    """`workers` processes: each does one task at a time and is replaced when it dies.

    They start with the first task. `memory` bounds the address space that each may take beyond
    what its interpreter and libraries have, in bytes, where the system can (Linux).
    """

    def __init__(self, workers: int, memory: int | None = None) -> None:
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        self._pool = ProcessPool(
            workers,
            initializer=None if memory is None else _bound_memory,
            initargs=() if memory is None else (memory,),
            context=multiprocessing.get_context("spawn"),
        )

    def submit(self, timeout: float, task: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Schedule `task(*args)`; its process is killed `timeout` seconds after it started."""
        future: Future[Any] = self._pool.submit(task, timeout, *args)
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the processes, whatever they do."""
        self._pool.stop()
        self._pool.join()


def _bound_memory(limit: int) -> None:
    import torch  # noqa: F401  its libraries take gigabytes of addresses, and hardly any memory

    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        taken = pages * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = taken + limit
        if hard != resource.RLIM_INFINITY:
            bound = min(bound, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def reason(error: BaseException) -> str:
    """One line that says why a task failed."""
    if isinstance(error, TimeoutError):
        return "took longer than its time limit and was stopped"
    if isinstance(error, ProcessExpired):
        return f"its process died (exit code {error.exitcode})"
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return f"took more memory than it may{': ' * bool(text)}{text}"
    return text if isinstance(error, ValueError | TaskFailed) else f"{type(error).__name__}: {text}"


def lost(error: BaseException | None) -> bool:
    """Did the task's process die or hang, so that its other work is worth another try?"""
    return isinstance(error, TimeoutError | ProcessExpired | TaskLost)


def died(error: BaseException | None) -> bool:
    """Did the task's process die? Others than the task may have killed it."""
    return isinstance(error, ProcessExpired | TaskDied)
