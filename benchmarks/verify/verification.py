"""Does a run say what its files, and a second computation, say?

On the whole run, at the cost of reading it:
    tables and facts have the digests of SHA256SUMS; the recordings those of the manifest
    conditions and metrics are what is installed here; nothing is left out of the manifest that the
    journal or the folders hold (`leftovers`)
    rows.csv holds the values and reasons of the journal, no more and no fewer, and a failure for
    each that the journal lacks
    items.csv, checks.csv, leaderboard.csv and the tables of the curves are what these make
    bitstreams say the lengths and bits of the journal; they and decoded audio have its digests
On a random part of its items, condition by condition, at the cost of running them:
    encoding gives the same bytes, decoding these bytes the same samples, scoring the same values

An edit of one file disagrees with the others. An edit of all of them that agrees with itself is
found where it meets the random part; what no computation gives (docs/runs.md lists it) is not.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd

from ... import metrics
from ...codecs import Codec, CodecError, get
from ...metrics import MetricError
from ...reports.figures.curves import curve_tables
from ...reports.tables.leaderboard import leaderboard
from ..commands.run import items_table
from ..data.items import open_items
from ..data.manifest import Listing
from ..degradations.channel import remake
from ..run.plan import Plan
from ..run.provenance import describe_condition, metric_version
from ..run.suite import Suite
from ..store import checksums, results
from ..store.finished_run import make_run
from ..store.journal import Journal
from ..store.leftovers import leftovers
from ..store.run_manifest import read_run_manifest, refuse_programs
from ..store.rundir import RunDirectory, RunError
from .files import file_differences
from .recomputation import Recomputation
from .tables import row_differences, table_differences


@dataclass(frozen=True)
class Verification:
    """What was looked at, and every difference."""

    checked: int
    total: int
    differences: tuple[str, ...]


def verify(directory: RunDirectory, fraction: float, programs: bool = False) -> Verification:
    """Look a run over, and recompute a random part of it.

    Args:
        directory: of the run.
        fraction: of its coded items to recompute.
        programs: may the programs be run that its manifest names? A manifest is anybody's.

    Raises:
        RunError: it is not a finished run, or cannot be repeated here: no such device, programs
            that may not be run.
        ItemsError: recordings are missing or changed.
    """
    manifest = read_run_manifest(directory)
    if not programs:
        refuse_programs(manifest)
    rows, tables = _read(directory)
    expected = [*directory.tables(), *directory.root.glob("cost.*")]
    differences = list(checksums.differences(directory, expected))
    differences += leftovers(manifest, directory)
    plan = _plan(manifest, tables[directory.items], differences)
    differences += [
        f"{directory.manifest.name}, {item.id}: {entry['seconds']} s; its recording has "
        f"{item.seconds} s"
        for entry, item in zip(manifest["items"], plan.items, strict=True)
        if entry["seconds"] != item.seconds
    ]
    with Journal(directory.journal) as journal:
        differences += row_differences(plan, journal, manifest, rows)
        for path, made in _made(plan, journal, manifest, rows, directory).items():
            differences += table_differences(path, tables.get(path), made)
        differences += file_differences(plan, journal, directory)
        pairs = [(codec, item) for codec in plan.suite.codecs for item in plan.items]
        part = random.sample(pairs, min(len(pairs), ceil(fraction * len(pairs))))
        differences += Recomputation(plan, journal, directory).differences(part)
    return Verification(len(part), len(pairs), tuple(differences))


def _read(directory: RunDirectory) -> tuple[pd.DataFrame, dict[Path, pd.DataFrame]]:
    """The rows, and all other tables by their paths."""
    texts = {
        directory.items: ("id", "speaker", "sex", "text", "sha256", "path"),
        directory.checks: ("condition", "item", "finding"),
    }
    try:
        directory.journal.stat()
        rows = results.read_rows(directory.rows)
        tables = {
            path: pd.read_csv(path, dtype=dict.fromkeys(columns, str), keep_default_na=False)
            for path, columns in texts.items()
        }
        tables[directory.items] = _resolved(tables[directory.items])
        for path in [directory.leaderboard, *sorted(directory.curves.glob("*.csv"))]:
            tables[path] = pd.read_csv(path)
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise RunError(f"{directory.root}: not a finished run: it has no {name}") from error
    except (OSError, ValueError) as error:
        raise RunError(f"{directory.root}: cannot be read: {error}") from error
    except KeyError as error:
        raise RunError(f"{directory.items}: has no column {error}") from error
    if not pd.api.types.is_numeric_dtype(rows["value"]):
        raise RunError(f"{directory.rows}: has values that are not numbers")
    return rows, tables


def _resolved(items: pd.DataFrame) -> pd.DataFrame:
    """A table of items whose paths can be compared."""
    return items.assign(path=[str(Path(path).resolve()) for path in items["path"]])


def _plan(manifest: dict[str, Any], items: pd.DataFrame, differences: list[str]) -> Plan:
    """The run's plan of what can be repeated here; what cannot is a difference.

    Raises:
        RunError: the run was made on a device that is not here.
    """
    codecs = [_codec(manifest, entry, differences) for entry in manifest["conditions"]]
    names = [name for entry in manifest["metrics"] if (name := _metric(entry, differences))]
    if manifest["device"] == "cuda":
        import torch

        if not torch.cuda.is_available():
            raise RunError("the run was made on a CUDA device, and there is none here")
    suite = manifest["suite"]
    texts = dict(zip(items["id"], items["text"], strict=True))
    listings = [
        Listing(
            i["id"], Path(i["path"]), i["speaker"], i["sex"], texts.get(i["id"], ""), i["sha256"]
        )
        for i in manifest["items"]
    ]
    return Plan(
        Suite(
            *(suite["name"], suite["title"], "", tuple(filter(None, codecs)), tuple(names)),
            *(suite["draws"], {}),
        ),
        open_items(listings),
        manifest["device"],
    )


def _codec(
    manifest: dict[str, Any], entry: Mapping[str, Any], differences: list[str]
) -> Codec | None:
    """The codec of a condition, if it is the same here."""
    name = entry["condition"]
    try:
        settings = manifest.get("arguments", {}).get(name)
        codec = get(name) if settings is None else remake(entry["codec"], settings)
        own = describe_condition(codec)
    except (CodecError, TypeError, AttributeError) as error:
        differences.append(f"{name}: {error}")
        return None
    different = [key for key in own if own[key] != entry.get(key)]
    differences += [
        f"{name}: its {key} is {entry.get(key)!r} in the manifest, {own[key]!r} here"
        for key in different
    ]
    return None if {"condition", "settings", "fingerprint", "backend"} & set(different) else codec


def _metric(entry: Mapping[str, Any], differences: list[str]) -> str:
    """Name of a metric, if it is the same here; "" if not."""
    name = str(entry["metric"])
    try:
        here = metric_version(name)
        columns = metrics.get(name).directions
    except MetricError as error:
        differences.append(f"{name}: {error}")
        return ""
    if entry.get("columns") != columns:
        differences.append(
            f"{name}: its columns are {entry.get('columns')} in the manifest, {columns} here"
        )
    if here != entry["version"]:
        differences.append(f"{name}: version {entry['version']} in the manifest, {here} here")
        return ""
    return name


def _made(
    plan: Plan,
    journal: Journal,
    manifest: dict[str, Any],
    rows: pd.DataFrame,
    directory: RunDirectory,
) -> dict[Path, pd.DataFrame]:
    """Every other table of the run as rows, journal and recordings make it, by its path."""
    made = {directory.items: _resolved(items_table(plan.items))}
    if len(plan.suite.codecs) == len(manifest["conditions"]):
        made[directory.checks] = results.checks(plan, journal)
    if len(plan.suite.metrics) == len(manifest["metrics"]):
        run = make_run([directory], [manifest], rows, made.get(directory.checks, pd.DataFrame()))
        board = made[directory.leaderboard] = leaderboard(run.scores)
        for name, table in curve_tables(board, run.scores.directions).items():
            made[directory.curves / f"{name}.csv"] = table
    return made
