"""Where the work of a run is done on one machine: its processes.

Encoding, decoding and scoring have processes of their own. A condition that is `isolated` has its
own process for each, with bounded memory, so that what it leaks or breaks there harms no other.
"""

import os
from collections import Counter
from concurrent.futures import Future
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self, TypeVar

from ...codecs.hardware import hardware
from ..store.cache import Stage
from ..store.run_directory import RunError
from .pool import Pool
from .work import Work

_ISOLATED_SHARE = 0.75  # of the free memory that an isolated process may take
_MEMORY_INFO = Path("/proc/meminfo")

R = TypeVar("R")


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
        return 4 * self._counts["encode"]  # one runs and one waits, for encoders and decoders

    @property
    def scoring_room(self) -> int:
        return 32 * self._counts["score"]

    def device(self, wanted: str) -> str:
        return device_named(wanted)

    def hardware(self, device: str) -> dict[str, Any]:
        return hardware(device)

    def submit(self, work: Work[R]) -> "Future[R]":
        stage, owner = place = work.request.stage, work.owner
        with self._lock:
            if place not in self._pools:
                self._close_idle()
                # CUDA takes more addresses than there is memory
                bound = _memory() if owner and work.request.device == "cpu" else None
                self._pools[place] = Pool(1 if owner else self._counts[stage], bound)
            self._pending[place] += 1
            task = self._pools[place].submit(work.limit, work.request.do)
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
        for pool in pools:  # not under the lock, which their tasks take when they end
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
