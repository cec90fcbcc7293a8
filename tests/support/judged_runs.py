"""Runs of made-up values with made-up listeners, for what holds metrics against ratings."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from support.mushra_run import write_values

METRICS = ("pesq", "warp_q")  # one whose better end is high, one whose is low


def write_judged_run(
    root: Path, merits: Mapping[str, float], items: Sequence[str], noise: float = 0.0
) -> Path:
    """A run whose pesq_wb is the merit of each condition, and whose warp_q falls with it."""
    random = np.random.default_rng(0)
    rows: list[list[object]] = []
    for condition, merit in merits.items():
        for item in items:
            value = merit + noise * random.standard_normal()
            rows.append([condition, item, 0, "pesq_wb", value, ""])
            rows.append([condition, item, 0, "warp_q", 10 - value, ""])
    root.mkdir(parents=True, exist_ok=True)
    write_values(root, rows)
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["metrics"] = [{"metric": name, "version": "1"} for name in METRICS]
    (root / "manifest.json").write_text(json.dumps(manifest))
    return root


def write_ratings(
    path: Path, merits: Mapping[str, float], items: Sequence[str], listeners: int = 8
) -> Path:
    """A plain long table: 20 points a step of merit, listeners and items that differ a little."""
    random = np.random.default_rng(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["listener", "item", "condition", "score"])
        for listener in range(listeners):
            for item in items:
                for condition, merit in merits.items():
                    score = np.clip(20 * merit + 3 * random.standard_normal(), 0, 100)
                    writer.writerow([f"l{listener}", item, condition, round(float(score), 2)])
    return path


def write_votes_per_clip(path: Path, merits: Mapping[str, float], clips: int = 12) -> Path:
    """What Microsoft's toolkit writes, with five or six votes a clip, in two columns too many."""
    random = np.random.default_rng(2)
    names = [f"vote_{k}" for k in range(1, 9)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_url", "short_file_name", "n", "MOS", "std", "95%CI", *names])
        for condition, merit in merits.items():
            for clip in range(clips):
                count = 5 + clip % 2
                votes = np.clip(np.round(merit + 0.7 * random.standard_normal(count)), 1, 5)
                given = [*(int(v) for v in votes), *[""] * (len(names) - count)]
                url = f"https://example.org/{condition}/c{clip}.wav"
                writer.writerow([url, f"c{clip}.wav", count, 0, 0, 0, *given])
    return path
