"""Where the work of a run is done: processes of this machine, or of others (`remote`).

Encoding, decoding and scoring have processes of their own. So have both ends of a condition that is
`isolated`: what it leaves behind there, and what it takes of the memory, is its own affair.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Protocol, Self

from ...codecs.hardware import hardware
from ..store.cache import Stage
from ..store.rundir import RunError
from .pool import Pool

_ISOLATED_SHARE = 0.75  # of the free memory that an isolated process may take
_MEMORY_INFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Work:
    """One task.

    Attributes:
        stage: whose processes do it.
        task: a function of a module, called with `args`.
        limit: seconds after which its process is killed.
        device: that it needs.
        reads, writes: the files among `args`, for a worker that does not see this disk.
        owner: the condition whose own processes do it; "" for those that all share.
    """

    stage: Stage
    task: Callable[..., Any]
    args: tuple[Any, ...]
    limit: float
    device: str
    reads: tuple[Path, ...]
    writes: tuple[Path, ...]
    owner: str = ""


class Workers(Protocol):
    """Does work; a context manager."""

    @property
    def coding_room(self) -> int:
        """Tasks of encoding and decoding that are worth submitting at once."""

    @property
    def scoring_room(self) -> int:
        """Tasks of scoring that are worth submitting at once."""

    def device(self, wanted: str) -> str:
        """The device that "auto", "cpu" or "cuda" means here.

        Raises:
            RunError: there is none such.
        """

    def hardware(self, device: str) -> dict[str, Any]:
        """What does the work, for the manifest."""

    def submit(self, work: Work) -> "Future[Any]":
        """Do it; the future has what the task returns or raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class LocalWorkers:
    """Processes of this machine, started when they are needed.

    Args:
        coders: processes that encode, and as many that decode; one for a condition that is
            isolated, whose share of the memory is for one.
        scorers: processes that score.
    """

    def __init__(self, coders: int, scorers: int) -> None:
        self._counts = {"encode": coders, "decode": coders, "score": scorers}
        self._pools: dict[tuple[Stage, str], Pool] = {}
        self._pending: Counter[tuple[Stage, str]] = Counter()
        self._lock = RLock()  # tasks end in threads, and a remote worker submits from several

    @property
    def coding_room(self) -> int:
        return 4 * self._counts["encode"]  # at either end one runs, and the next is ready

    @property
    def scoring_room(self) -> int:
        return 32 * self._counts["score"]

    def device(self, wanted: str) -> str:
        return device_named(wanted)

    def hardware(self, device: str) -> dict[str, Any]:
        return hardware(device)

    def submit(self, work: Work) -> "Future[Any]":
        place = work.stage, work.owner
        with self._lock:
            if place not in self._pools:
                self._close_idle()
                # CUDA takes more addresses than there is memory
                bound = _memory() if work.owner and work.device == "cpu" else None
                self._pools[place] = Pool(1 if work.owner else self._counts[work.stage], bound)
            self._pending[place] += 1
            task = self._pools[place].submit(work.limit, work.task, *work.args)
        task.add_done_callback(lambda _: self._ended(place))
        return task

    def _ended(self, place: tuple[Stage, str]) -> None:
        with self._lock:
            self._pending[place] -= 1

    def _close_idle(self) -> None:
        """End the processes of isolated conditions that have nothing to do."""
        for place in [p for p in self._pools if p[1] and not self._pending[p]]:
            self._pools.pop(place).close()

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
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:  # without the lock, which the ends of their tasks need
            pool.close()


def device_named(wanted: str) -> str:
    """The device that `--device` means on this machine.

    Raises:
        RunError: there is no CUDA device.
    """
    import torch

    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted == "cuda" and not torch.cuda.is_available():
        raise RunError("no CUDA device here; --device cpu or auto would run")
    return wanted


def _memory() -> int:
    """Bytes that an isolated process may take: a share of what is free, lest another one dies."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if _MEMORY_INFO.is_file():
        lines = dict(line.split(":", 1) for line in _MEMORY_INFO.read_text().splitlines())
        free = 1024 * int(lines["MemAvailable"].split()[0])
    return int(_ISOLATED_SHARE * free)
