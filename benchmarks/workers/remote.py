"""Workers on other machines: the same stages, on a cluster of dask.distributed.

    nscbench run SUITE --scheduler tcp://head:8786

A task goes to a worker of the cluster and is done there by a process of its own, as on one machine
(`local.LocalWorkers`), so that a crash, a hang or a full memory costs that process and not the
worker. What a worker had in hand when it died is done by another; finished work is in the journal
at once, so that nothing else is done twice.

Two paths of the data, one for a whole run:
    shared  every worker sees the recordings and the directory of the run under the same paths; only
            names and records travel
    send    recordings, bitstreams and decoded audio travel with the tasks; workers need no disk but
            a temporary folder

With CUDA, encoding and decoding go to workers that were started with `--resources GPU=1`, one task
at a time each; scoring goes anywhere.
"""

import json
import logging
import pickle
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from distributed import Client
from distributed.scheduler import KilledWorker

from ..store.atomic import write_atomically
from ..store.run_directory import RunError, Stopped
from .failures import Misfit, TaskDied, TaskFailed, TaskLost, reason
from .remote_task import Failure, Reply, do, machine, unseen
from .work import Work

R = TypeVar("R")
Data = Literal["shared", "send"]

GPU = "GPU"  # the resource that a worker with a CUDA device states
_CONNECT = 20.0  # seconds for which a scheduler may be silent
_FIRST_WORKER = 600.0  # seconds to wait for it: clusters start slowly
_FRESH = 2.0  # seconds for which the number of workers is remembered
_FAILURES: dict[Failure, type[Exception]] = {
    "failed": TaskFailed,
    "lost": TaskLost,
    "died": TaskDied,
    "misfit": Misfit,
}


class RemoteWorkers:
    """The workers of a scheduler.

    Args:
        address: of the scheduler.
        data: the path of the data.
        files: what every worker must see if data is shared.

    Raises:
        RunError: no scheduler answers.
    """

    def __init__(self, address: str, data: Data, files: Sequence[Path]) -> None:
        self._address = address
        self._data = data
        self._files = files
        for name in ("distributed", "distributed.client", "asyncio", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # the run tells it, in a line
        warnings.filterwarnings("ignore", "Sending large graph")  # bytes are sent on purpose
        try:
            self._client = Client(address, set_as_default=False, timeout=_CONNECT)
        except (OSError, ValueError, TimeoutError) as error:
            raise RunError(f"no scheduler answers at {address}: {error}") from error
        self._anywhere = self._client.get_executor(pure=False)
        self._on_gpu = self._client.get_executor(pure=False, resources={GPU: 1})
        self._settlers = ThreadPoolExecutor(2, "nscbench-settle")  # off the client's event loop
        self._asked = 0.0
        self._cores = self._gpus = 0
        self._device = "cpu"

    def device(self, wanted: str) -> str:
        """The device that `wanted` means here; waits for the first worker that can do the work.

        Raises:
            RunError: none came, or one does not see the files.
        """
        what = f"worker with the resource {GPU}" if wanted == "cuda" else "worker"
        deadline = time.monotonic() + _FIRST_WORKER
        self._count(fresh=True)
        while not (self._gpus if wanted == "cuda" else self._cores):
            if time.monotonic() > deadline:
                raise RunError(f"{self._address} has had no {what} for {_FIRST_WORKER:.0f} s")
            time.sleep(1)
            self._count(fresh=True)
        if self._data == "shared":
            self._check_files()
        self._device = "cuda" if wanted == "cuda" or (wanted == "auto" and self._gpus) else "cpu"
        return self._device

    def hardware(self, device: str) -> dict[str, Any]:
        found = self._client.run(machine)
        kinds = Counter(json.dumps(each) for each in found.values())
        workers = [{**json.loads(kind), "workers": count} for kind, count in kinds.items()]
        return {"scheduler": self._address, "data": self._data, "machines": workers}

    @property
    def coding_room(self) -> int:
        self._count()
        return 2 * max(1, self._gpus if self._device == "cuda" else self._cores)

    @property
    def scoring_room(self) -> int:
        self._count()
        return 4 * max(1, self._cores)

    def submit(self, work: Work[R]) -> "Future[R]":
        contents = None
        if self._data == "send":
            contents = {path: path.read_bytes() for path in work.request.reads}
        executor = self._on_gpu if work.request.device == "cuda" else self._anywhere
        task: Future[R] = Future()
        try:
            answer = executor.submit(do, pickle.dumps((work, contents)))
        except (OSError, RuntimeError) as error:  # the client has given up
            task.set_exception(self._gone(error))
        else:
            answer.add_done_callback(
                lambda done: self._settlers.submit(self._settle, task, work, done)
            )
        return task

    def _check_files(self) -> None:
        for address, missing in self._client.run(unseen, list(self._files)).items():
            if missing:
                raise RunError(
                    f"the worker {address} does not see {missing[0]}: mount it there under the "
                    "same path, or let the data travel with --data send"
                )

    def _gone(self, error: BaseException) -> Stopped:
        stopped = Stopped(f"the scheduler {self._address} is gone")
        stopped.__cause__ = error
        return stopped

    def _settle(self, task: "Future[R]", work: Work[R], done: "Future[Reply]") -> None:
        """Turn an answer into what a process of this machine would have returned or raised."""
        try:
            error = done.exception()
        except CancelledError as cancelled:
            error = cancelled
        if error is None:
            self._take(task, work, done.result())
        elif isinstance(error, CancelledError):
            task.set_exception(self._gone(error))
        elif isinstance(error, KilledWorker):
            task.set_exception(TaskDied("its worker died, and those that tried it again"))
        else:  # `remote_task` returns what tasks raise: this is a broken connection
            task.set_exception(Stopped(f"a worker cannot work: {reason(error)}"))

    def _take(self, task: "Future[R]", work: Work[R], answer: Reply) -> None:
        if answer.failure:
            task.set_exception(_FAILURES[answer.failure](answer.reason))
            return
        writes = work.request.writes
        try:
            for path, content in zip(writes, answer.files, strict=self._data == "send"):
                write_atomically(path, content)
        except OSError as error:
            task.set_exception(error)
        else:
            task.set_result(answer.result)

    def _count(self, *, fresh: bool = False) -> None:
        if not fresh and time.monotonic() < self._asked + _FRESH:
            return
        self._asked = time.monotonic()
        try:
            found = self._client.scheduler_info(n_workers=-1)["workers"].values()
        except (OSError, TimeoutError, CancelledError) as error:
            raise self._gone(error) from error
        self._cores = sum(worker["nthreads"] for worker in found)
        self._gpus = sum(int(worker["resources"].get(GPU, 0)) for worker in found)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close(timeout=5)
