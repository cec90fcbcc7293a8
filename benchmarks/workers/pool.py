"""Worker processes that may crash or hang without taking the run with them."""

import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from .failures import ProcessDied, TaskFailed
from .work import Task

# One thread a worker: two multi-threaded workers on two cores are slower than one.
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class _Call:
    future: Task[Any]
    limit: float
    task: Callable[[], tuple[float, Any]]


class Pool:
    """`workers` processes: each does one task at a time and is replaced when it dies.

    They start with the first task, and share nothing that one of them could leave locked: each has
    pipes and a thread of its own. `memory` bounds the address space that each may take beyond
    what its interpreter and libraries have, in bytes, where the system can (Linux).
    """

    def __init__(self, workers: int, memory: int | None = None) -> None:
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._workers = [_Worker(self._calls, memory) for _ in range(workers)]
        self._started = False

    def submit(
        self, timeout: float, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> "Future[R]":
        """Schedule a call of `task`; its process is killed `timeout` seconds after it started."""
        if not self._started:
            self._started = True
            for worker in self._workers:
                worker.start()
        future: Task[R] = Task()
        self._calls.put(_Call(future, timeout, partial(_timed, partial(task, *args, **kwargs))))
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
        """Kill the processes, whatever they do; what they had not begun is cancelled."""
        if not self._started:
            return
        for worker in self._workers:
            worker.stop()
            self._calls.put(None)
        for worker in self._workers:
            worker.join()


class _Worker(Thread):
    """The thread that has one process do tasks; it begins a new process when there is none."""

    def __init__(self, calls: "SimpleQueue[_Call | None]", memory: int | None) -> None:
        super().__init__(name="nscbench-worker", daemon=True)
        self._calls = calls
        self._memory = memory
        self._executor: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._stopped = Event()

    def run(self) -> None:
        # Its processes inherit this: Ctrl-C is the main process's affair from their first moment.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while call := self._calls.get():
            if self._stopped.is_set():
                call.future.cancel()
            elif call.future.set_running_or_notify_cancel():
                self._do(call)
        self._drop()

    def stop(self) -> None:
        """Kill the process; the thread ends as soon as it sees it."""
        self._stopped.set()
        if process := self._process:
            process.kill()

    def _do(self, call: _Call) -> None:
        try:
            executor, process = self._ready()
            if self._stopped.is_set():  # it may have come too late for `stop` to kill it
                process.kill()
            answer = executor.submit(call.task)
        except (OSError, RuntimeError) as none:  # no memory, no process number, no thread
            self._drop()
            call.future.set_exception(none)
            return
        late = not wait([answer], call.limit).done
        if late:
            process.kill()
        error = answer.exception()
        if error is None:
            call.future.seconds, result = answer.result()
            call.future.set_result(result)
        elif not isinstance(error, BrokenExecutor):
            call.future.set_exception(error)
        else:
            self._drop()
            call.future.set_exception(_ending(error, process, late=late))

    def _ready(self) -> tuple[ProcessPoolExecutor, BaseProcess]:
        """A process that answers. One that was killed since its last task is no task's failure.

        Raises:
            OSError, RuntimeError: there can be none.
        """
        for new in (False, True):
            if new or not self._executor:
                self._drop()
                self._executor = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), _prepare, (self._memory,)
                )
            try:
                number = self._executor.submit(os.getpid).result()
            except BrokenExecutor:
                continue
            self._process = self._process or _child(number)
            if self._process:
                return self._executor, self._process
        raise BrokenExecutor("processes die as soon as they start")

    def _drop(self) -> None:
        if self._process:
            self._process.kill()
        if self._executor:
            self._executor.shutdown()
        self._executor = self._process = None


def _timed(task: Callable[[], R]) -> tuple[float, R]:
    """Seconds that a call takes in its process, and what it gives: not what it waits for it."""
    began = time.monotonic()
    result = task()
    return time.monotonic() - began, result


def _child(number: int) -> BaseProcess | None:
    children = multiprocessing.active_children()
    return next((child for child in children if child.pid == number), None)


def _ending(error: BaseException, process: BaseProcess, *, late: bool) -> Exception:
    """Why a process, which has been waited for, gave no answer."""
    if late:
        return TimeoutError()
    if error.__cause__:  # it came, but this process cannot make an object of it
        told = str(error.__cause__).strip("\n' ").rpartition("\n")[2]
        return TaskFailed(f"gave what cannot be sent between processes ({told})")
    while process.exitcode is None:  # another thread has just waited for it
        time.sleep(0.001)
    return ProcessDied(process.exitcode)


def _prepare(memory: int | None) -> None:
    """What a process does first."""
    Thread(target=_end_with_parent, daemon=True).start()
    if memory is not None:
        _bound_memory(memory)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent, "a pool has started this process"
    parent.join()
    os._exit(1)


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
