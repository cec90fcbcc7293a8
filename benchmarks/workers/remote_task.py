"""What a worker of a cluster does with a task: it has a process do it, and says how it went.

Nothing is raised here but what is wrong with the worker itself.
"""

import multiprocessing
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from distributed import Worker, WorkerPlugin, get_worker

from ...codecs.hardware import hardware
from ..run.identity import Misfit
from .local import LocalWorkers, Work
from .pool import died, lost, reason

Failure = Literal["failed", "lost", "died", "misfit"]

_HOST_LOCK = Lock()


@dataclass(frozen=True)
class Answer:
    """What became of a task on a worker, and the files that it wrote, in their order."""

    result: Any
    failure: Failure | Literal[""] = ""
    reason: str = ""
    files: tuple[bytes, ...] = ()


def do(request: bytes) -> Answer:
    """What a worker does with a task: a pickled `Work` and the contents of its files, if sent."""
    if multiprocessing.current_process().daemon:
        return Answer(
            None,
            "misfit",
            "this worker may not start processes: start it with `dask worker --no-nanny`, or with "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment",
        )
    try:
        work, contents = pickle.loads(request)
    except (ImportError, AttributeError) as error:
        return Answer(None, "misfit", f"a worker lacks what the run is made of: {error}")
    with _HOST_LOCK:
        host = _host(get_worker())
    if contents is None:
        return _wait(host, work)
    with tempfile.TemporaryDirectory() as folder:
        return _with_files(host, work, contents, Path(folder))


def machine() -> dict[str, Any]:
    """What a worker runs on."""
    import torch

    return hardware("cuda" if torch.cuda.is_available() else "cpu")


def unseen(paths: Sequence[Path]) -> list[Path]:
    """Those that are not there for a worker."""
    return [path for path in paths if not path.exists()]


def _with_files(
    host: LocalWorkers, work: Work, contents: Mapping[Path, bytes], folder: Path
) -> Answer:
    """Do work on files that are not on this machine."""
    paths = dict.fromkeys((*work.reads, *work.writes))
    here = {path: folder / str(number) / path.name for number, path in enumerate(paths)}
    for path in paths:
        here[path].parent.mkdir()
        if path in contents:
            here[path].write_bytes(contents[path])
    answer = _wait(host, replace(work, args=_moved(work.args, here)))
    if answer.failure:
        told = answer.reason
        for path, moved in here.items():
            told = told.replace(str(moved), str(path))
        return replace(answer, reason=told)
    return replace(answer, files=tuple(here[path].read_bytes() for path in work.writes))


def _wait(host: LocalWorkers, work: Work) -> Answer:
    task = host.submit(work)
    error = task.exception()
    if error is None:
        return Answer(task.result())
    if isinstance(error, Misfit):
        return Answer(None, "misfit", str(error))
    kind: Failure = "died" if died(error) else "lost" if lost(error) else "failed"
    return Answer(None, kind, reason(error))


def _moved(value: Any, here: Mapping[Path, Path]) -> Any:
    """The arguments with other paths."""
    if isinstance(value, Path):
        return here.get(value, value)
    if isinstance(value, list | tuple):
        return type(value)(_moved(part, here) for part in value)
    return value


@lru_cache
def _host(worker: Worker) -> LocalWorkers:
    """The processes of this worker: as many of each stage as it does tasks at once."""
    threads = worker.state.nthreads
    host = LocalWorkers(threads, threads)
    worker.loop.add_callback(worker.plugin_add, _Ending(host), name="nscbench")
    return host


class _Ending(WorkerPlugin):
    """Lets a worker that is told to end do so at once, whatever its processes are at."""

    def __init__(self, host: LocalWorkers) -> None:
        self._host = host

    def teardown(self, worker: Worker) -> None:
        self._host.close()
