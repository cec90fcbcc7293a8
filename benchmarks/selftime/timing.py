"""Worker processes that time metrics, or the packages' own calls, on pairs of signals.

A pass is the same metrics over all pairs, one task for each pair. A worker begins it with nothing
remembered from signals, so that no pass is paid by an earlier one; within it, what metrics share
on a pair, and pairs of one reference, is computed once in a worker, as in a run.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ... import metrics
from ...metrics.base import MetricError, Signal
from ...metrics.machinery import alignment
from ...metrics.machinery.remember import forget
from ...metrics.machinery.signals import check_pair, resample
from .package_calls import CALLS, RATE

Pair = tuple[Signal, Signal]
Measured = tuple[float, dict[str, float]]  # CPU seconds, values by column
Task = Callable[[Sequence[str], int, int], Measured]


@dataclass
class Held:
    """What a worker process holds: the pairs, and the number of the pass that it takes part in."""

    pairs: Sequence[Pair] = ()
    turn: int = 0


_held = Held()


def _start(task: Task, names: Sequence[str], pairs: list[Pair], ready: Any) -> None:
    """Load what the metrics need; wait for the other workers."""
    if task is call and hasattr(os, "sched_setaffinity"):
        # onnxruntime starts as many threads as it may use cores: on one core it starts one.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    _held.pairs = pairs
    task(names, _held.turn, 0)
    ready.wait()


def score(names: Sequence[str], turn: int, number: int) -> Measured:
    """The suite's metrics on one pair; a new turn begins with nothing remembered."""
    if turn != _held.turn:
        forget()
        _held.turn = turn
    values: dict[str, float] = {}
    aligned: Pair | None = None
    begin = time.process_time()
    for name in names:
        metric = metrics.get(name)
        pair = _held.pairs[number]
        with suppress(MetricError):
            if metric.aligned:
                pair = aligned = aligned or alignment.align(*pair, RATE)
            at_rate = [resample(signal, RATE, metric.sample_rate) for signal in pair]
            check_pair(metric, *at_rate)
            # Any text: to hear what is said takes the time, and to compare it none.
            values |= metric.score(*at_rate, *(["text"] if metric.needs_text else []))
    return time.process_time() - begin, values


def call(names: Sequence[str], _: int, number: int) -> Measured:
    """The packages' own calls on one pair; they remember nothing."""
    values: dict[str, float] = {}
    begin = time.process_time()
    for name in names:
        values |= CALLS[name](*_held.pairs[number])
    return time.process_time() - begin, values


@dataclass(frozen=True)
class Pass:
    """One pass over all pairs: seconds of wall clock and of all workers' CPUs, values by pair."""

    wall: float
    cpu: float
    values: Sequence[dict[str, float]]


class WarmProcesses:
    """Processes that hold the pairs and have their models loaded."""

    def __init__(self, count: int, task: Task, names: Sequence[str], pairs: list[Pair]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._task, self._count, self._turn = task, len(pairs), 0
        start = (task, names, pairs, spawn.Barrier(count))
        self._pool = ProcessPoolExecutor(count, spawn, _start, start)
        for future in [self._pool.submit(time.sleep, 0) for _ in range(count)]:
            future.result()

    def run(self, names: Sequence[str]) -> Pass:
        """All pairs, one task each, none with what an earlier pass remembers."""
        self._turn += 1
        begin = time.perf_counter()
        results = list(self._pool.map(partial(self._task, names, self._turn), range(self._count)))
        wall = time.perf_counter() - begin
        cpu, values = zip(*results, strict=True)
        return Pass(wall, sum(cpu), values)

    def close(self) -> None:
        self._pool.shutdown()
