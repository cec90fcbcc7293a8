"""Worker processes that may crash or hang without taking the run with them."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future
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


class Pool:
    """`workers` processes: each does one task at a time and is replaced when it dies."""

    def __init__(self, workers: int) -> None:
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        self._pool = ProcessPool(workers, context=multiprocessing.get_context("spawn"))

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
        self._pool.stop()
        self._pool.join()


def reason(error: BaseException) -> str:
    """One line that says why a task failed."""
    if isinstance(error, TimeoutError):
        return "took longer than its time limit and was stopped"
    if isinstance(error, ProcessExpired):
        return f"its process died (exit code {error.exitcode})"
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"


def lost(error: BaseException | None) -> bool:
    """Did the task's process die or hang, so that its other work is worth another try?"""
    return isinstance(error, TimeoutError | ProcessExpired)
