"""A plan carried out in its directory: a whole suite, or one part of a robustness suite."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from ... import metrics
from ...metrics.machinery.ranges import checks, kind_of
from ...reports.figures.curves import draw_curves
from ...reports.tables.leaderboard import all_comparisons, leaderboard
from ...reports.tables.not_run import with_not_run
from ...reports.tables.summary import cautions
from ..run.begun import begin
from ..run.finished import Finished
from ..run.plan import Plan
from ..run.progress import Progress
from ..run.provenance import describe_run
from ..run.runner import Runner
from ..run.tables import checks_table, items_table, notices, rows_table, summary
from ..run.token_use import not_measured, token_use
from ..store import checksums
from ..store.atomic import write_atomically
from ..store.cache import Cache
from ..store.finished_run import rates_of
from ..store.journal import Journal
from ..store.left_out import not_run_of
from ..store.received import csv_text
from ..store.results import is_failure
from ..store.run_directory import RunDirectory
from ..store.scores import Scores
from ..workers.work import Workers
from .run_forecast import condition_line, recorded_pace
from .run_messages import grouped


class Measured(NamedTuple):
    """What a run found: leaderboard, failure rows, remarks."""

    table: pd.DataFrame
    failed: pd.DataFrame
    remarks: list[str]


def carry_out(
    plan: Plan, directory: RunDirectory, workers: Workers, cache: Cache | None
) -> Measured:
    """Do what is missing of a plan, and write everything that belongs to its run.

    Raises:
        OSError: a file cannot be written.
        RunError: the run was begun with other items.
        Stopped: weights or versions are no longer those of the plan, or the workers are gone.
    """
    manifest = describe_run(plan.suite, plan.items, plan.device, workers.hardware(plan.device))
    with Journal(directory.journal) as journal:
        begin(directory, plan.items)
        finished = Finished(directory, journal, cache)
        progress = Progress(
            plan,
            recorded_pace(directory),
            lambda name: tqdm.write(condition_line(plan, journal.get, name)),
        )
        failures = Runner(plan, directory, finished, workers, progress).run()
        directory.sweep_partial_files(journal.conditions)
        rows = rows_table(plan, journal.get, failures)
        if cache:
            manifest["cache"] = {"folder": str(cache.folder), "restored": dict(finished.restored)}
        manifest["notices"] = notices(plan, journal.get)
        books, tokens = token_use(plan, journal.get, directory)
        for entry in manifest["conditions"]:
            entry["tokens"] = tokens.get(entry["condition"], {})
        # Rows and manifest appear together, after all work: an interrupted second run leaves the
        # first one's, and never rows of one beside the manifest of another.
        write_atomically(directory.rows, csv_text(rows))
        failed = rows[is_failure(rows)]
        manifest["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        manifest["failures"] = len(failed)
        _write_json(directory.manifest, manifest)
        write_atomically(directory.items, csv_text(items_table(plan.items)))
        directory.verdicts.unlink(missing_ok=True)  # on the rows before
        table, beware = write_leaderboard(directory, manifest, rows)
        found = checks_table(plan, journal.get)
        if len(books):
            write_atomically(directory.tokens, csv_text(books))
    write_atomically(directory.checks, csv_text(found))
    checksums.add(directory, directory.tables())
    remarks = [f"check: {line}" for line in [*summary(found, len(plan.items)), *beware]]
    names = {name: metrics.get(name) for name in plan.suite.metrics}
    remarks += [f"check: {line}" for line in checks(manifest["notices"], names, len(plan.items))]
    told = [notice for notice in manifest["notices"] if not kind_of(notice[1])]
    remarks += [f"note: {line}" for line in (*not_measured(tokens), *grouped(told))]
    return Measured(table, failed, remarks)


def write_leaderboard(
    directory: RunDirectory, manifest: dict[str, Any], rows: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Make the leaderboard and the curves of a run from its rows; and what to beware of in them."""
    names = [entry["metric"] for entry in manifest["metrics"]]
    scores = Scores.measured_by(
        names, rows, manifest["conditions"], manifest["items"], rates_of(manifest)
    )
    comparisons = all_comparisons(scores)
    table = leaderboard(scores, comparisons)
    shown = with_not_run(table, not_run_of([manifest]))
    write_atomically(directory.leaderboard, csv_text(shown))
    draw_curves(table, scores.directions, directory.curves, manifest["suite"]["title"])
    return shown, cautions(scores, comparisons.values())


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_atomically(path, text.encode())
