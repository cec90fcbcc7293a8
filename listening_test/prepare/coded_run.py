"""What a listening test takes from a run: conditions, items, where they lie, and their scores."""

import csv
import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...benchmarks.store.rundir import RunDirectory
from ..folder import BuildError

COLUMNS = ("visqol", "pesq_wb", "mel_distance", "lsd")  # the first that was measured is used


@dataclass(frozen=True)
class Item:
    """One recording of a run; `speaker` and `sex` are "" where unknown."""

    id: str
    path: Path
    speaker: str
    sex: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """What a finished benchmark offers.

    `kinds` and `rates` (Hz) are of every condition, in the run's order; `scores` are values of
    the objective metric `column` by condition and item, of the first draw.
    """

    directory: RunDirectory
    items: tuple[Item, ...]
    kinds: Mapping[str, str]
    rates: Mapping[str, int]
    column: str
    scores: Mapping[tuple[str, str], float]

    def decoded(self, condition: str, item: Item) -> Path:
        """File of the first draw."""
        return self.directory.decoded(condition, item.id)


def read_run(root: Path) -> Run:
    """The run in a directory.

    Raises:
        BuildError: no run there, or one that did not get far enough.
    """
    directory = RunDirectory(root)
    try:
        manifest = json.loads(directory.manifest.read_text("utf-8"))
        items = tuple(_item(entry) for entry in manifest["items"])
        kinds = {entry["condition"]: entry["kind"] for entry in manifest["conditions"]}
        rates = {entry["condition"]: int(entry["sample_rate"]) for entry in manifest["conditions"]}
        column, scores = _scores(directory.rows)
    except OSError as error:
        raise BuildError(
            f"{root} is not a finished run ({error.filename}: {error.strerror}); "
            "`nscbench run SUITE --out DIR` makes one"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{root} is not a run that can be read: {error!r}") from error
    return Run(directory, items, kinds, rates, column, scores)


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(
        str(entry["id"]),
        Path(entry["path"]),
        str(entry["speaker"]),
        str(entry["sex"]),
        float(entry["seconds"]),
    )


def _scores(rows: Path) -> tuple[str, dict[tuple[str, str], float]]:
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    with rows.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = float(row["value"] or "nan")
            if row["column"] in COLUMNS and int(row["draw"]) == 0 and math.isfinite(value):
                found[row["column"]][row["condition"], row["item"]] = value
    column = next((column for column in COLUMNS if column in found), "")
    return column, found[column] if column else {}
