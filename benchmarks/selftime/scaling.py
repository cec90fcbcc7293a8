"""Does an item cost the same, and the memory stay bounded, when a run has very many?

    python -m nscbench.benchmarks.selftime.scaling [--counts 100 1000 10000]

Runs of each number of items, each number in a new process, with a codec and a metric that do next
to nothing (`pcm`, and seven columns of zeros): what is left is the runner itself, its files, its
journal, its ten rows an item and their table. All stages are done in that process, so that CPU time
is all of the work. Items are 0.1 s of noise; all have one file, and hashes of their own.

A run of a hundred items comes first and is not counted: it imports and allocates. Then there are as
many runs as take 3000 items, at least one; the median is shown.

    run, rows, table   CPU milliseconds per item: encode, decode, score and record; collect the rows
                       from the journal; make the leaderboard
    MiB                largest memory of the process, over what it had before
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import soundfile

from ... import metrics
from ...codecs import get
from ...metrics.base import Column, Metric, Signal
from ...reports.tables.leaderboard import leaderboard
from ..data.items import Item
from ..run.finished import Finished
from ..run.plan import Plan
from ..run.progress import Progress
from ..run.provenance import describe_condition
from ..run.runner import Runner
from ..run.suite import Suite
from ..run.tables import rows_table
from ..store.journal import Journal
from ..store.run_directory import RunDirectory
from ..store.scores import Scores
from ..workers.local import LocalWorkers
from ..workers.pool import Pool
from ..workers.work import Work

R = TypeVar("R")

SECONDS = 0.1
RATE = 16_000
METRIC = "stub"
COLUMNS = [f"stub{number}" for number in range(7)]  # with three of the bitrate, ten rows an item
WARMING, SUFFICIENT = 100, 3000  # items


class Here(LocalWorkers):
    """Does each task at once, in this process."""

    def submit(self, work: Work[R]) -> "Future[R]":
        task: Future[R] = Future()
        task.set_result(work.request.do())
        return task


@dataclass(frozen=True)
class RunLine:
    """Runs of one length: CPU milliseconds per item of each part, MiB and rows of the whole."""

    items: int
    run: float
    rows: float
    table: float
    mebibytes: float
    count: int


def time_runs(count: int) -> RunLine:
    """Whole runs of so many items, in a temporary folder."""
    suite = Suite("scaling", "Scaling", "", (get("pcm"),), (METRIC,), draws=1)
    with _cheap_metric(), tempfile.TemporaryDirectory() as folder:
        plan = Plan(suite, _items(Path(folder), count), "cpu")
        warming = Plan(suite, _items(Path(folder), WARMING), "cpu")
        _pass(warming, RunDirectory(Path(folder) / "warming"))
        before = _peak()
        passes = [
            _pass(plan, RunDirectory(Path(folder) / f"run{number}"))
            for number in range(max(1, SUFFICIENT // count))
        ]
        run, rows, table = (
            1000 * median(part) / count
            for part in zip(*(seconds for seconds, _ in passes), strict=True)
        )
        return RunLine(count, run, rows, table, _peak() - before, passes[0][1])


@contextmanager
def _cheap_metric() -> Iterator[None]:
    """Let the metric that costs nothing be known meanwhile."""
    known = metrics.REGISTRY.found.plugins
    known[METRIC] = Metric(_nothing, tuple(Column(name, "higher") for name in COLUMNS))
    try:
        yield
    finally:
        del known[METRIC]


def _pass(plan: Plan, directory: RunDirectory) -> tuple[tuple[float, float, float], int]:
    """CPU seconds of a run, of collecting its rows and of making its table; how many rows."""
    start = time.process_time()
    with Journal(_run(plan, directory).journal) as journal:
        ran = time.process_time()
        rows = rows_table(plan, journal.get, {})
        collected = time.process_time()
        conditions = [describe_condition(codec) for codec in plan.suite.codecs]
        listed = [{"id": item.id, "speaker": item.speaker} for item in plan.items]
        leaderboard(Scores.measured_by([METRIC], rows, conditions, listed))
    return (ran - start, collected - ran, time.process_time() - collected), len(rows)


def _nothing(reference: Signal, degraded: Signal) -> dict[str, float]:
    return dict.fromkeys(COLUMNS, 0.0)


def _run(plan: Plan, directory: RunDirectory) -> RunDirectory:
    with directory.locked(), Journal(directory.journal) as journal, Here(1, 1) as workers:
        finished = Finished(directory, journal, None)
        failures = Runner(plan, directory, finished, workers, Progress(plan)).run()
    if failures:
        raise RuntimeError(f"the run failed: {next(iter(failures.items()))}")
    return directory


def _items(folder: Path, count: int) -> list[Item]:
    return [_item(folder / f"i{number:07}.wav", number) for number in range(count)]


def _item(path: Path, number: int) -> Item:
    noise = 0.1 * np.random.default_rng(number).standard_normal(round(SECONDS * RATE))
    soundfile.write(path, noise, RATE)
    digest = sha256(path.read_bytes()).hexdigest()
    return Item(path.stem, path, f"s{number % 40}", "", "", SECONDS, RATE, digest)


def _peak() -> float:
    """MiB."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nscbench.benchmarks.selftime.scaling")
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 1000, 10_000])
    print(f"{'items':>7}{'run':>9}{'rows':>9}{'table':>9}   CPU ms per item{'MiB':>8}{'rows':>10}")
    for count in parser.parse_args(arguments).counts:
        with Pool(1) as pool:
            line = pool.submit(36_000, time_runs, count).result()
        print(
            f"{line.items:7}{line.run:9.2f}{line.rows:9.3f}{line.table:9.3f}"
            f"{'':18}{line.mebibytes:8.1f}{line.count:10}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
