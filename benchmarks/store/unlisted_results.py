"""Results that a run has and does not show.

Who leaves a condition, an item, a draw or a metric out of a finished run's manifest and tables
leaves its work in the journal, its bitstreams and its decoded audio. So does who runs a smaller
suite into the same directory: that is found too, as nobody can tell the two apart.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .rundir import RunDirectory, RunError

# What marks a record of each stage, and what must be in it
_RECORDS = {
    "payload_bits": {"seconds": float, "payload_bits": int, "container_bits": int, "sha256": str},
    "file_sha256": {"draw": int, "sha256": str, "file_sha256": str},
    "values": {"draw": int, "metric": str, "values": dict, "undefined": str},
    "degraded": {"draw": int, "reference": str, "degraded": str},
}


def unlisted_results(manifest: Mapping[str, Any], directory: RunDirectory) -> Iterator[str]:
    """What the journal and the folders hold of conditions, items, draws and metrics of no line.

    Raises:
        RunError: a record of the journal lacks what its stage writes.
    """
    draws = {
        entry["condition"]: manifest["suite"]["draws"] if entry["stochastic"] else 1
        for entry in manifest["conditions"]
    }
    items = [entry["id"] for entry in manifest["items"]]
    known: dict[str, set[str]] = {
        "condition": set(draws),
        "item": set(items),
        "metric": {entry["metric"] for entry in manifest["metrics"]},
    }
    found: dict[str, None] = {}
    for record in _records(directory.journal):
        for kind, names in known.items():
            if kind in record and record[kind] not in names:
                found[f"the {kind} {record[kind]}"] = None
        if record.get("draw", 0) >= draws.get(record["condition"], 0) > 0:
            found[f"draw {record['draw']} of {record['condition']}"] = None
    for what in found:
        yield f"{directory.journal.name}: has results of {what}, which the manifest leaves out"
    yield from _files(directory, draws, items)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a journal; lines that are none are work that was not done."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if not isinstance(record, dict) or "key" not in record:
                continue
            if not _is_whole(record):
                raise RunError(f"{path}, line {number}: lacks what a record of a run has")
            yield record


def _is_whole(record: Mapping[str, Any]) -> bool:
    if not all(isinstance(record.get(key), str) for key in ("condition", "item")):
        return False
    stage = next((parts for mark, parts in _RECORDS.items() if mark in record), None)
    return stage is not None and all(
        isinstance(record.get(key), int | float if kind is float else kind)
        for key, kind in stage.items()
    )


def _files(directory: RunDirectory, draws: Mapping[str, int], items: list[str]) -> Iterator[str]:
    expected: dict[Path, set[str]] = {}
    for condition, count in draws.items():
        streams = [directory.stream(condition, item) for item in items]
        decoded = [directory.decoded(condition, i, d) for i in items for d in range(count)]
        for paths in (streams, decoded):
            expected[paths[0].parent] = {path.name for path in paths}
    for folder in sorted(directory.root.glob("streams/*")) + sorted(
        directory.root.glob("decoded/*")
    ):
        name = folder.relative_to(directory.root).as_posix()
        if folder not in expected:
            yield f"{name}: belongs to no condition of the manifest"
            continue
        for path in sorted(folder.iterdir()):
            if path.name not in expected[folder] and not path.name.startswith("."):
                yield f"{name}/{path.name}: belongs to no item and draw of the manifest"
