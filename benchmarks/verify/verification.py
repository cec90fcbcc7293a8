"""Holds what a run says against its files and against a second computation.

On the whole run, at the cost of reading it:
    tables and facts have the digests of SHA256SUMS; the recordings those of the manifest
    conditions and metrics are what is installed here; nothing is left out of the manifest that the
    journal or the folders hold (`unlisted_results`)
    rows.csv holds the values and reasons of the journal, no more and no fewer, and a failure for
    each that the journal lacks
    items.csv, checks.csv, leaderboard.csv and the tables of the curves are what these make
    bitstreams say the lengths and bits of the journal, and tokens.csv what they hold; they and
    decoded audio have the journal's digests
On a random part of its items, condition by condition, at the cost of running them:
    encoding gives the same bytes, decoding these bytes the same samples, scoring the same values

Who edits one file contradicts the others. Who edits all of them consistently is found out if the
random part contains an edited item. What cannot be computed again is not checked: docs/runs.md
lists it.
"""

import random
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd

from ...reports.figures.curves import curve_tables
from ...reports.tables.leaderboard import leaderboard
from ...reports.tables.not_run import with_not_run
from ...reports.tables.verdicts import Judged, judge, read_verdicts, with_verdicts
from ..run.plan import Plan
from ..run.tables import checks_table, items_table
from ..store import checksums
from ..store.finished_run import Run, make_run, read_tables, reading
from ..store.journal import Find, RecordedWork
from ..store.limited_costs import busy, costs_or_reasons
from ..store.limits import read_limits
from ..store.received import read_table
from ..store.run_directory import RunDirectory, RunError, real_path
from ..store.run_manifest import read_run_manifest, refuse_programs
from ..store.unlisted_results import unlisted_results
from .files import file_differences
from .recomputation import Recomputation
from .repeatable import repeatable_plan
from .tables import row_differences, table_differences
from .token_use import token_differences


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
    differences += unlisted_results(manifest, directory)
    plan = repeatable_plan(manifest, tables[directory.items], differences)
    differences += [
        f"{directory.manifest.name}, {item.id}: {entry['seconds']} s; its recording has "
        f"{item.seconds} s"
        for entry, item in zip(manifest["items"], plan.items, strict=True)
        if entry["seconds"] != item.seconds
    ]
    with RecordedWork(directory.root, directory.journal) as journal:
        find = journal.get
        if journal.torn:
            differences.append(f"{directory.journal.name}: its last line is torn")
        differences += row_differences(plan, find, manifest, rows)
        for path, made in _made(plan, find, manifest, rows, directory).items():
            differences += table_differences(path, tables.get(path), made)
        differences += file_differences(plan, find, directory)
        differences += token_differences(plan, find, directory, manifest, tables)
        pairs = [(codec, item) for codec in plan.suite.codecs for item in plan.items]
        part = random.sample(pairs, min(len(pairs), ceil(fraction * len(pairs))))
        differences += Recomputation(plan, find, directory).differences(part)
    return Verification(len(part), len(pairs), tuple(differences))


def _read(directory: RunDirectory) -> tuple[pd.DataFrame, dict[Path, pd.DataFrame]]:
    """The rows, and all other tables by their paths."""
    rows, checks = read_tables(directory)
    with reading(directory):
        directory.journal.stat()
        items = read_table(directory.root, directory.items, dtype=str, keep_default_na=False)
        drawn = [directory.leaderboard, *directory.root.glob(directory.tokens.name)]
        drawn += sorted(directory.curves.glob("*.csv"))
        tables = {path: read_table(directory.root, path) for path in drawn}
        if directory.verdicts.exists():
            tables[directory.verdicts] = read_verdicts(directory.root, directory.verdicts)
    try:
        items = _resolved(items.astype({"seconds": float, "sample_rate": int}))
    except ValueError as error:
        raise RunError(f"{directory.items}: has a number that is none: {error}") from error
    except KeyError as error:
        raise RunError(f"{directory.items}: has no column {error}") from error
    return rows, {directory.items: items, directory.checks: checks, **tables}


def _resolved(items: pd.DataFrame) -> pd.DataFrame:
    """A table of items whose paths can be compared."""
    found = items.assign(path=[str(real_path(path)) for path in items["path"]])
    if "reference" in items:
        given = items["reference"].fillna("")
        found = found.assign(reference=[str(real_path(p)) if p else "" for p in given])
    return found


def _made(
    plan: Plan,
    find: Find,
    manifest: dict[str, Any],
    rows: pd.DataFrame,
    directory: RunDirectory,
) -> dict[Path, pd.DataFrame]:
    """Every other table of the run as rows, journal and recordings make it, by its path."""
    made = {directory.items: _resolved(items_table(plan.items))}
    if len(plan.suite.codecs) == len(manifest["conditions"]):
        made[directory.checks] = checks_table(plan, find)
    if len(plan.suite.metrics) == len(manifest["metrics"]):
        run = make_run([directory], [manifest], rows, made.get(directory.checks, pd.DataFrame()))
        board = leaderboard(run.scores)
        shown = with_not_run(board, run.not_run)
        made |= {directory.leaderboard: shown} | _judged(run, manifest, directory, shown)
        for name, table in curve_tables(board, run.scores.directions).items():
            made[directory.curves / f"{name}.csv"] = table
    return made


def _judged(
    run: Run, manifest: dict[str, Any], directory: RunDirectory, board: pd.DataFrame
) -> dict[Path, pd.DataFrame]:
    """The verdicts, and the leaderboard with them, of a run whose suite states limits.

    Those under a degradation are of other runs, so they are taken as they are.
    """
    if not directory.verdicts.exists():
        return {}
    with reading(directory):
        limits = read_limits(manifest["suite"].get("limits", []))
        table = read_verdicts(directory.root, directory.verdicts)
    if any(limit.degradation for limit in limits):
        return {directory.leaderboard: with_verdicts(board, table)}
    root = directory.root
    table = judge(limits, {"": Judged(run.scores)}, costs_or_reasons(root), busy(root))
    return {directory.verdicts: table, directory.leaderboard: with_verdicts(board, table)}
