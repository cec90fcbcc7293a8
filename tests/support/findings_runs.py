"""Runs with planted truths, for the tests of the findings."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from nscbench.benchmarks.store.finished_run import Run, read_run
from nscbench.reports.findings import cells
from support.runs import items, write_run

Gains = dict[str, float]
TIED = dict.fromkeys(cells.SIX, 0.0)


def conditions(gains: Gains, kbps: float = 3) -> dict[str, tuple[str, str, float, float]]:
    """Codecs at a bitrate, by their gain in all columns; oracles are the codecs called so."""
    made = {}
    for codec, gain in gains.items():
        oracle = codec.endswith("oracle")
        kind = "oracle" if oracle else "control" if codec == "pcm" else "codec"
        name = codec if kind != "codec" else f"{codec}-{kbps:g}"
        made[name] = (codec, kind, 0 if oracle else kbps, gain)
    return made


def made(root: Path, gains: Gains, **settings: object) -> Run:
    return read_run(write_run(root / "run", conditions(gains), items(40, 20), **settings))


def edited(root: Path, settings: dict[str, str]) -> Path:
    """The run with these settings of its conditions."""
    path = root / "manifest.json"
    manifest = json.loads(path.read_text())
    for entry in manifest["conditions"]:
        entry["settings"] = settings.get(entry["condition"], entry["settings"])
    path.write_text(json.dumps(manifest))
    return root


def drawn(root: Path, gains: Gains, spread: float) -> Run:
    """Five draws that scatter by `spread` within an item."""
    path = write_run(root / "seeds", conditions(gains), items(40, 20)) / "rows.csv"
    rows, random = pd.read_csv(path), np.random.default_rng(5)
    first = rows[~rows["column"].isin(["seconds", "payload_bits"])]
    more = [
        first.assign(draw=draw, value=first["value"] + random.normal(0, spread, len(first)))
        for draw in range(1, 5)
    ]
    pd.concat([rows, *more]).to_csv(path, index=False)
    return read_run(path.parent)
