"""Processes that do the work of a run: how many there are, and that nothing depends on it."""

import os
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from nscbench import codecs
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.workers import local
from nscbench.benchmarks.workers.local import LocalWorkers
from nscbench.benchmarks.workers.work import Work
from support.pool_tasks import Call
from support.processes import TABLES, write_items, write_suite

FOREVER = 3600.0
MEMORY = Path("/proc/meminfo")


def work(stage, task, *args, owner=""):
    return Work(Call(stage, task, args), FOREVER, owner)


@pytest.mark.parametrize("stage", ["encode", "decode"])
def test_as_many_processes_code_as_there_are_coders(stage) -> None:
    with LocalWorkers(2, 1) as workers:
        busy = workers.submit(work(stage, time.sleep, FOREVER))
        assert workers.submit(work(stage, os.getpid)).result(timeout=300) != os.getpid()
        assert not busy.done()


def test_an_isolated_condition_has_one_process() -> None:
    """Its share of the memory is for one."""
    with LocalWorkers(2, 1) as workers:
        first, second = (workers.submit(work("decode", os.getpid, owner="it")) for _ in range(2))
        busy = workers.submit(work("decode", time.sleep, 0.5, owner="it"))
        third = workers.submit(work("decode", os.getpid, owner="it"))
        assert first.result() == second.result() == third.result()
        assert busy.done()


@pytest.mark.slow
@pytest.mark.skipif(
    bool(codecs.get("gan").lacking or codecs.get("lat2lat").lacking), reason="no trained weights"
)
def test_results_do_not_depend_on_the_number_of_workers(tmp_path) -> None:
    items = write_items(tmp_path / "items")
    conditions = [
        {"codec": "gan", "kbps": 3},
        {"codec": "lat2lat", "kbps": 3, "nfe": 2},
        {"codec": "mnru", "q": [10, 20]},
    ]
    suite = write_suite(tmp_path / "suite.toml", ["level", "si_sdr"], conditions, draws=2)
    found = []
    for count in ("1", "3"):
        out = tmp_path / count
        assert main(["run", str(suite), "--items", str(items), "--out", str(out),
                     "--workers", count]) == 0  # fmt: skip
        coded = sorted((out / "streams").rglob("*.nsc")) + sorted((out / "decoded").rglob("*.flac"))
        assert len(coded) == 3 * 4 + 3 * (2 + 2 + 2 * 2)  # every codec draws
        paths = [out / name for name in TABLES] + coded
        found.append({path.relative_to(out): path.read_bytes() for path in paths})
    assert found[0] == found[1]


@pytest.mark.skipif(not MEMORY.is_file(), reason="the system does not tell what is free")
def test_an_isolated_process_gets_a_share_of_the_free_memory(monkeypatch):
    bounds = []

    class Recorder:
        """A pool that starts no process."""

        def __init__(self, workers, memory=None):
            bounds.append(memory)

        def submit(self, limit, task):
            done = Future()
            done.set_result(None)
            return done

        def close(self):
            pass

    monkeypatch.setattr(local, "Pool", Recorder)
    with LocalWorkers(2, 1) as workers:
        for owner in ("", "it"):
            workers.submit(work("decode", os.getpid, owner=owner))
    (line,) = (line for line in MEMORY.read_text().splitlines() if "MemAvailable" in line)
    assert bounds == [None, pytest.approx(0.75 * 1024 * int(line.split()[1]), rel=0.2)]
