"""Does a run say what its files, and a second computation, say?

On the whole run, at the cost of reading it:
    conditions and metrics are what is installed here; recordings have the hashes of the manifest
    rows.csv holds the values of the journal, no more and no fewer; checks.csv and leaderboard.csv
    are what these rows make
    bitstreams and decoded audio have the hashes of the journal
On a random part of its items, condition by condition, at the cost of running them:
    encoding gives the same bytes, decoding these bytes the same samples, scoring the same values

An edit of one file disagrees with the others. An edit of all of them that agrees with itself is
found where it meets the random part.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import metrics
from ..codecs import Codec, CodecError, get
from ..metrics import MetricError
from ..reports.leaderboard import leaderboard
from ..reports.scores import Scores
from . import results
from .items import open_items
from .journal import Journal
from .manifest import Listing
from .plan import Plan
from .provenance import describe_condition, metric_version
from .recomputation import Recomputation, shown
from .rundir import RunDirectory, RunError
from .suite import Suite

_WRITTEN = 1e-9  # relative, for numbers that went through a CSV file


@dataclass(frozen=True)
class Verification:
    """What was looked at, and every difference."""

    checked: int
    total: int
    differences: tuple[str, ...]


def verify(directory: RunDirectory, fraction: float) -> Verification:
    """Look a run over, and recompute a random part of it.

    Raises:
        RunError: it is not a finished run, or its recordings are gone.
        ItemsError: recordings are missing or changed.
    """
    try:
        manifest = json.loads(directory.manifest.read_text("utf-8"))
        rows = results.read_rows(directory.rows)
        tables = {
            directory.leaderboard: pd.read_csv(directory.leaderboard),
            directory.checks: pd.read_csv(directory.checks, keep_default_na=False),
        }
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise RunError(f"{directory.root}: not a finished run: it has no {name}") from error
    except ValueError as error:
        raise RunError(f"{directory.root}: cannot be read: {error}") from error
    differences: list[str] = []
    plan = _plan(manifest, differences)
    with Journal(directory.journal) as journal:
        differences += _rows(plan, journal, rows)
        differences += _tables(plan, journal, manifest, rows, directory, tables)
        differences += _files(plan, journal, directory)
        pairs = [(codec, item) for codec in plan.suite.codecs for item in plan.items]
        part = random.sample(pairs, min(len(pairs), ceil(fraction * len(pairs))))
        differences += Recomputation(plan, journal, directory).differences(part)
    return Verification(len(part), len(pairs), tuple(differences))


def _plan(manifest: dict[str, Any], differences: list[str]) -> Plan:
    """The run's plan of what can be repeated here; what cannot is a difference."""
    codecs: list[Codec] = []
    for entry in manifest["conditions"]:
        name = entry["condition"]
        try:
            codec = get(name)
        except CodecError as error:
            differences.append(f"{name}: {error}")
            continue
        own = describe_condition(codec)
        different = [key for key in own if own[key] != entry[key]]
        differences += [
            f"{name}: its {key} is {entry[key]!r} in the manifest, {own[key]!r} here"
            for key in different
        ]
        if not {"settings", "fingerprint", "backend"} & set(different):
            codecs.append(codec)
    names = []
    for entry in manifest["metrics"]:
        try:
            here = metric_version(entry["metric"])
        except MetricError as error:
            differences.append(f"{entry['metric']}: {error}")
            continue
        if here == entry["version"]:
            names.append(entry["metric"])
        else:
            differences.append(
                f"{entry['metric']}: version {entry['version']} in the manifest, {here} here"
            )
    suite = manifest["suite"]
    listings = [
        Listing(i["id"], Path(i["path"]), i["speaker"], i["sex"], "", i["sha256"])
        for i in manifest["items"]
    ]
    return Plan(
        Suite(suite["name"], suite["title"], "", tuple(codecs), tuple(names), suite["draws"], {}),
        open_items(listings),
        manifest["device"],
    )


def _rows(plan: Plan, journal: Journal, rows: pd.DataFrame) -> Iterator[str]:
    """Values of the table that the journal does not have, and the other way round."""
    keys = ["condition", "item", "draw", "column"]
    doubled = rows[rows.duplicated(keys)]
    yield from (f"{_place(row)}: stands twice in rows.csv" for _, row in doubled.iterrows())
    expected = results.collect(plan, journal, {})
    known = rows["condition"].isin([c.condition for c in plan.suite.codecs]) & rows["column"].isin(
        expected["column"]
    )
    both = expected.merge(
        rows[known].drop_duplicates(keys), "outer", keys, suffixes=("_journal", "_rows")
    )
    ours, theirs = both["value_journal"], both["value_rows"]
    same = (ours.isna() & theirs.isna()) | np.isclose(ours, theirs, rtol=_WRITTEN, atol=0)
    for _, row in both[~same].iterrows():
        yield (
            f"{_place(row)}: {shown(row['value_rows'])} in rows.csv, "
            f"{shown(row['value_journal'])} in the journal"
        )
    missing = both[same & both["error_rows"].isna()]
    yield from (f"{_place(row)}: is not in rows.csv" for _, row in missing.iterrows())


def _tables(
    plan: Plan,
    journal: Journal,
    manifest: dict[str, Any],
    rows: pd.DataFrame,
    directory: RunDirectory,
    tables: dict[Path, pd.DataFrame],
) -> Iterator[str]:
    """Cells of the leaderboard and of the checks that rows and journal do not give."""
    if len(plan.suite.metrics) < len(manifest["metrics"]):
        return
    directions = {
        column: direction
        for name in plan.suite.metrics
        for column, direction in metrics.get(name).columns.items()
    }
    made = leaderboard(Scores(rows, manifest["conditions"], manifest["items"], directions))
    yield from _cells(directory.leaderboard, tables[directory.leaderboard], made)
    if len(plan.suite.codecs) == len(manifest["conditions"]):
        yield from _cells(directory.checks, tables[directory.checks], results.checks(plan, journal))


def _cells(path: Path, written: pd.DataFrame, made: pd.DataFrame) -> Iterator[str]:
    if list(written.columns) != list(made.columns) or len(written) != len(made):
        yield f"{path.name}: has not the lines and columns that rows and journal make"
        return
    for column in made:
        for line, (found, wanted) in enumerate(zip(written[column], made[column], strict=True)):
            if pd.isna(found) and pd.isna(wanted):
                continue
            text = isinstance(found, str) or isinstance(wanted, str)
            equal = found == wanted if text else np.isclose(found, wanted, rtol=_WRITTEN, atol=0)
            if not equal:
                name = str(made.iloc[line, 0])
                yield f"{path.name}, {name}, {column}: {found}; rows and journal make {wanted}"


def _files(plan: Plan, journal: Journal, directory: RunDirectory) -> Iterator[str]:
    """Bitstreams and decoded audio that are not what the journal says."""
    for codec in plan.suite.codecs:
        for item in plan.items:
            encoded = journal.get(plan.encode_key(codec, item))
            if not encoded:
                continue
            yield from _file(directory.stream(codec.condition, item.id), encoded["sha256"])
            for draw in plan.draws(codec):
                key = plan.decode_key(codec, item, draw, encoded["sha256"])
                if decoded := journal.get(key):
                    path = directory.decoded(codec.condition, item.id, draw)
                    yield from _file(path, decoded["file_sha256"])


def _file(path: Path, digest: str) -> Iterator[str]:
    name = "/".join(path.parts[-3:])
    if not path.is_file():
        yield f"{name}: is missing"
    elif sha256(path.read_bytes()).hexdigest() != digest:
        yield f"{name}: has not the content that the journal says"


def _place(row: "pd.Series[Any]") -> str:
    return f"{row['condition']}, {row['item']}, draw {row['draw']}, {row['column']}"
