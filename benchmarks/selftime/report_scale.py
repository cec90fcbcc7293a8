"""What a report of many values costs: `nscbench report` on a made-up run.

    python -m nscbench.benchmarks.selftime.report_scale [--conditions 50] [--items 1000]

The run has curves of five bitrates, items of 40 speakers, and the columns of the metrics that every
suite measures; there is no audio, so that the gallery is empty. Printed are the wall clock and the
greatest memory of the process, from its start to its end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ... import metrics
from ..store.results import RATE_COLUMNS, ROW_COLUMNS
from ..store.run_directory import RunDirectory

METRICS = ("pesq", "stoi", "visqol", "dnsmos", "plcmos", "mel_distance", "lsd", "mcd", "si_sdr")
RATES = (6, 8, 12, 16, 24)  # kbit/s
SPEAKERS = 40
SECONDS = 5.0  # of each item


class Spent(NamedTuple):
    """What one process took; `status` is its exit status."""

    status: int
    seconds: float
    peak_bytes: int


def write_run(root: Path, conditions: int, items: int) -> None:
    """A finished run of normal values: better with the bitrate, by codec, by item."""
    names = [f"codec{n // len(RATES)}-{RATES[n % len(RATES)]}" for n in range(conditions)]
    ids = [f"item{n:05}" for n in range(items)]
    random = np.random.default_rng(0)
    hardness = random.normal(0, 0.2, items)
    parts = []
    for number, name in enumerate(names):
        rate = RATES[number % len(RATES)]
        bits = 1000 * rate * SECONDS
        fixed = dict(zip(RATE_COLUMNS, (SECONDS, bits, 256.0, 0.98 * bits), strict=True))
        level = 3 + 0.3 * np.log2(rate / 6) + 0.02 * (number // len(RATES))
        values = {column: np.full(items, value) for column, value in fixed.items()} | {
            column: level + hardness + random.normal(0, 0.1, items)
            for metric in METRICS
            for column in metrics.get(metric).directions
        }
        table = pd.DataFrame(values, index=pd.Index(ids, name="item")).reset_index()
        parts.append(table.melt("item", var_name="column").assign(condition=name))
    rows = pd.concat(parts).assign(draw=0, error="")
    root.mkdir(parents=True)
    directory = RunDirectory(root)
    rows[list(ROW_COLUMNS)].to_csv(directory.rows, index=False)
    directory.checks.write_text("condition,item,finding\n")
    directory.manifest.write_text(json.dumps(_manifest(names, ids)))


def _manifest(names: list[str], ids: list[str]) -> dict[str, object]:
    conditions = [
        {"condition": name, "codec": name.split("-")[0], "kind": "codec", "stochastic": False,
         "settings": f"Made(kbps={name.split('-')[1]})", "fingerprint": "", "backend": "",
         "sample_rate": 16_000, "nominal_kbps": float(name.split("-")[1])}
        for name in names
    ]  # fmt: skip
    items = [
        {"id": name, "path": f"/nowhere/{name}.flac", "speaker": f"speaker{n % SPEAKERS}",
         "sex": "FM"[n % 2], "seconds": SECONDS, "sha256": f"{n:064x}"}
        for n, name in enumerate(ids)
    ]  # fmt: skip
    return {
        "nscbench": "0", "started": "", "finished": "", "failures": 0, "seeds": "", "device": "cpu",
        "suite": {"name": "scale", "title": "Made-up values", "draws": 1},
        "conditions": conditions,
        "metrics": [
            {"metric": name, "version": "0", "columns": metrics.get(name).directions}
            for name in METRICS
        ],
        "unavailable": {}, "hardware": {}, "packages": {}, "items": items,
    }  # fmt: skip


def report(root: Path) -> Spent:
    """Report a run in a process of its own."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "nscbench.benchmarks.cli", "report", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(process.returncode, time.perf_counter() - begin, unit * usage.ru_maxrss)


def main() -> int:
    """Print what the report of a made-up run takes; its exit status."""
    parser = argparse.ArgumentParser(description="What a report of many values costs.")
    parser.add_argument("--conditions", type=int, default=50)
    parser.add_argument("--items", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "run"
        write_run(root, arguments.conditions, arguments.items)
        spent = report(root)
    print(
        f"{arguments.conditions} conditions, {arguments.items} items: {spent.seconds:.1f} s, "
        f"{spent.peak_bytes / 2**30:.2f} GiB"
    )
    return spent.status


if __name__ == "__main__":
    sys.exit(main())
