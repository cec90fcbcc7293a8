"""Runs, schedulers and workers as processes of their own, for tests that kill them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from support import plugin

SECONDS = {"a": 1.0, "b": 1.25, "marked": 1.5}
TABLES = ("leaderboard.csv", "rows.csv", "checks.csv")
PATIENCE = 900  # seconds; a busy machine is slow


def write_items(folder):
    folder.mkdir()
    for number, (name, seconds) in enumerate(SECONDS.items()):
        random = np.random.default_rng(number)
        bursts = np.repeat(random.random(16) ** 4, round(seconds * 1000))
        audio = 0.1 * bursts * random.normal(size=len(bursts))
        soundfile.write(folder / f"{name}.flac", audio, 16_000)
    return folder


def write_suite(path, names, conditions, draws=1):
    lines = [f"metrics = {json.dumps(names)}", f"draws = {draws}"]
    for settings in conditions:
        lines += ["[[condition]]", *(f"{k} = {json.dumps(v)}" for k, v in settings.items())]
    path.write_text("\n".join(lines))
    return path


@dataclass(frozen=True)
class Place:
    """A folder with the faulty package, items and a suite."""

    folder: Path

    @classmethod
    def make(cls, folder, names, conditions):
        site = folder / "site"
        site.mkdir()
        plugin.install(site)
        write_items(folder / "items")
        write_suite(folder / "suite.toml", names, conditions)
        return cls(folder)

    @property
    def log(self):
        return self.folder / "log"

    @property
    def _gate(self):
        return self.folder / "gate"

    def environment(self, **more):
        own = {"PYTHONPATH": str(self.folder / "site"), "OMP_NUM_THREADS": "1"}
        files = {"NSCBENCH_TEST_LOG": str(self.log), "NSCBENCH_TEST_GATE": str(self._gate)}
        return {**os.environ, **own, **files, **more}

    @contextmanager
    def held_after(self, count):
        """No more calls of the metric `slow` end than so many."""
        shut = self.folder / "shut"
        shut.write_text(str(count))
        shut.rename(self._gate)
        try:
            yield
        finally:
            self._gate.unlink()

    def calls(self, kind):
        """What was logged of calls of one kind; the last word of each is the process's number."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split()[1:] for line in lines if line.split()[0] == kind]

    def command(self, out, *more):
        return [
            *(sys.executable, "-m", "nscbench.benchmarks.cli", "run", self.folder / "suite.toml"),
            *("--items", self.folder / "items", "--workers", "1", "--out", self.folder / out),
            *more,
        ]

    def start(self, out, *more, **settings):
        """A run that goes on by itself."""
        return subprocess.Popen(self.command(out, *more), env=self.environment(), **settings)

    def run(self, out, *more):
        """A whole run; what it printed."""
        return subprocess.run(
            self.command(out, *more),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def tables(self, out):
        return {name: (self.folder / out / name).read_bytes() for name in TABLES}

    def journal(self, out):
        """Whole lines, so far."""
        path = self.folder / out / "journal.jsonl"
        content = path.read_bytes() if path.exists() else b""
        return content[: content.rfind(b"\n") + 1]

    def scores(self, out):
        """How many values of the metric `slow` are in the journal."""
        return self.journal(out).count(b'"metric": "slow"')

    def await_scores(self, process, out, count, begun=1):
        """Until so many values of `slow` are in the journal, and more have begun (and are held)."""
        wait_for(lambda: self.scores(out) >= count, process)
        wait_for(lambda: len(self.calls("slow")) >= count + begun, process)

    def keys(self, out):
        return [json.loads(line)["key"] for line in self.journal(out).splitlines()]


def wait_for(condition, *processes):
    """Until it holds; the processes must live meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        for process in processes:
            assert process.poll() is None, "the process ended too early"
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def children(process):
    """Process numbers of the worker processes of a run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        if parent == process.pid and b"spawn_main" in command:
            found.append(int(entry.name))
    return found


def group_exists(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Cluster:
    """A scheduler and workers on this machine, each a process."""

    def __init__(self, place, name):
        self._place = place
        self._folder = place.folder / name
        self._folder.mkdir()
        self._started = []
        facts = self._folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", facts
        )
        wait_for(facts.exists, self.scheduler)
        wait_for(lambda: facts.read_text().rstrip().endswith("}"), self.scheduler)
        self.address = json.loads(facts.read_text())["address"]
        self.workers = [
            self._start(
                "dask_worker", self.address, "--no-nanny", "--nthreads", "1",
                "--local-directory", self._folder / f"worker{number}",
            )
            for number in range(2)
        ]  # fmt: skip

    def _start(self, program, *arguments):
        with (self._folder / f"{program}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"],
                env=self._place.environment(),
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._started:
            process.send_signal(signal.SIGKILL)
            process.wait()
