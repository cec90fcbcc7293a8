"""Results that a run has and does not show.

Who leaves a condition, an item, a draw or a metric out of a finished run's manifest and tables
leaves its work in the journal, its bitstreams and its decoded audio. So does who runs a smaller
suite into the same directory: that is found too, as nobody can tell the two apart.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .journal import log_lines, record_of
from .received import WIDEST, open_within
from .run_directory import RunDirectory, RunError

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
    for record in _records(directory):
        for kind, names in known.items():
            if kind in record and record[kind] not in names:
                found[f"the {kind} {record[kind]}"] = None
        if record.get("draw", 0) >= draws.get(record["condition"], 0) > 0:
            found[f"draw {record['draw']} of {record['condition']}"] = None
    for what in found:
        yield f"{directory.journal.name}: has results of {what}, which the manifest leaves out"
    yield from _files(directory, draws, items)


def _records(directory: RunDirectory) -> Iterator[dict[str, Any]]:
    """Records of a journal; lines that are none are work that was not done."""
    path = directory.journal
    with open_within(directory.root, path) as file:
        for number, (line, _, _) in enumerate(log_lines(file), 1):
            record = record_of(line)
            if record is None:
                continue
            if not _is_whole(record):
                raise RunError(f"{path}, line {number}: lacks what a record of a run has")
            yield record


def _is_whole(record: Mapping[str, Any]) -> bool:
    if not all(isinstance(record.get(key), str) for key in ("condition", "item")):
        return False
    stage = next((parts for mark, parts in _RECORDS.items() if mark in record), None)
    return stage is not None and all(_fits(record.get(key), kind) for key, kind in stage.items())


def _fits(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    if kind is dict:
        return isinstance(value, dict) and all(_fits(number, float) for number in value.values())
    known = (int, float) if kind is float else int
    return isinstance(value, known) and not isinstance(value, bool) and abs(value) <= WIDEST


def _files(directory: RunDirectory, draws: Mapping[str, int], items: list[str]) -> Iterator[str]:
    names = {directory.stream("", item).name for item in items}
    for kind in ("streams", "decoded"):
        above = directory.root / kind
        if above.is_symlink():
            yield f"{kind}: is a link; what it leads to is not looked at"
            continue
        for folder in sorted(above.glob("*")):
            name = folder.relative_to(directory.root).as_posix()
            if folder.name not in draws:
                yield f"{name}: belongs to no condition of the manifest"
            elif folder.is_symlink() or not folder.is_dir():
                yield f"{name}: is no folder of a run; what it leads to is not looked at"
            else:
                for path in sorted(folder.iterdir()):
                    if not path.name.startswith(".") and not _belongs(path, names, draws):
                        yield f"{name}/{path.name}: belongs to no item and draw of the manifest"


def _belongs(path: Path, streams: set[str], draws: Mapping[str, int]) -> bool:
    """Is it the bitstream or a draw of an item? Draws are not listed: they may be many."""
    if path.parent.parent.name == "streams":
        return path.name in streams
    item, _, draw = path.stem.partition("@")
    count = draws[path.parent.name]
    known = not draw or (draw.isdecimal() and str(int(draw)) == draw and 0 < int(draw) < count)
    return path.suffix == ".flac" and f"{item}.nsc" in streams and known
