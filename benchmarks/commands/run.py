"""`nscbench run`: one suite, one directory, one leaderboard."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ...codecs import CodecError
from ...reports.tables.leaderboard import leaderboard
from ...reports.tables.printed import partial_columns, show
from ..data.items import AudioError, Item, ItemsError, read_items
from ..degradations import DegradationError
from ..run.finished import Finished
from ..run.plan import Plan
from ..run.provenance import describe
from ..run.runner import Runner
from ..run.suite import Suite, SuiteError, left_out, load
from ..store import checksums
from ..store.atomic import write_atomically
from ..store.cache import Cache, folder_named
from ..store.journal import Journal
from ..store.results import checks, collect, is_failure, notices, summary
from ..store.rundir import RunDirectory, RunError, Stopped
from ..store.scores import Scores
from ..workers.local import LocalWorkers, Workers, device_named

OK, FAILURES, BAD_INPUT = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    """Add `nscbench run`."""
    parser = subparsers.add_parser(
        "run", help="encode, decode and measure a test set with every codec of a suite"
    )
    parser.add_argument("suite", help="name of a suite (see `nscbench list`) or a .toml file")
    parser.add_argument("--out", type=Path, help="directory of the run; default runs/SUITE")
    parser.add_argument("--items", help="data set, manifest (.csv) or folder of recordings")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes that score, and on a CPU as many that encode and that decode",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        help="folder of results that runs share; default $NSCBENCH_CACHE, without it none",
    )
    parser.add_argument(
        "--scheduler", help="address of a dask.distributed scheduler, whose workers do the work"
    )
    parser.add_argument(
        "--data",
        choices=("shared", "send"),
        default="shared",
        help="with --scheduler: workers see the same files, or files travel to them and back",
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a suite; the exit status."""
    try:
        suite = load(arguments.suite)
        items = read_items(arguments.items or suite.items)
        if arguments.workers < 1:
            raise RunError(f"--workers must be at least 1, not {arguments.workers}")
        if len(items) < 2 and any(codec.pairing == "next" for codec in suite.codecs):
            raise RunError("a swapped control needs at least 2 items; leave it out, or add items")
        out = arguments.out or Path("runs") / suite.name
        directory = RunDirectory(out.absolute() if arguments.scheduler else out)
        cache = folder_named(arguments.cache)
        with directory.locked(), _workers(arguments, directory, items) as workers:
            ours = Cache(cache) if cache else None
            if suite.degradations:
                from .robustness import run_parts

                return run_parts(
                    suite, items, workers.device(arguments.device), directory, workers, ours
                )
            plan = Plan(suite, items, workers.device(arguments.device))
            return _run(plan, directory, workers, ours)
    except ItemsError as error:
        print("\n".join(f"nscbench: {problem}" for problem in error.problems), file=sys.stderr)
        return BAD_INPUT
    except Stopped as error:
        print(f"nscbench: stopped: {error}; the same command goes on", file=sys.stderr)
        return FAILURES
    except (SuiteError, DegradationError, RunError, CodecError, AudioError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: stopped: {error}; the same command goes on", file=sys.stderr)
        return FAILURES


def _workers(
    arguments: argparse.Namespace, directory: RunDirectory, items: Sequence[Item]
) -> Workers:
    """Those of the scheduler, if there is one, or of this machine."""
    if not arguments.scheduler:
        # a GPU is shared best by one process
        coders = arguments.workers if device_named(arguments.device) == "cpu" else 1
        return LocalWorkers(coders, arguments.workers)
    try:
        from ..workers.remote import RemoteWorkers
    except ImportError as error:
        raise RunError(
            f"--scheduler needs dask.distributed: pip install 'nscbench[distributed]' ({error})"
        ) from error
    files = [directory.root.absolute(), items[0].path]
    return RemoteWorkers(arguments.scheduler, arguments.data, files)


class Measured(NamedTuple):
    """What a run found: leaderboard, failure rows, remarks."""

    table: pd.DataFrame
    failed: pd.DataFrame
    remarks: list[str]


def _run(plan: Plan, directory: RunDirectory, workers: Workers, cache: Cache | None) -> int:
    _announce(plan)
    measured = measure(plan, directory, workers, cache)
    _conclude(plan.suite, directory, measured)
    return FAILURES if len(measured.failed) else OK


def measure(plan: Plan, directory: RunDirectory, workers: Workers, cache: Cache | None) -> Measured:
    """Do what is missing of a plan, and write everything that belongs to its run.

    Raises:
        OSError: a file cannot be written.
        Stopped: weights or versions are no longer those of the plan, or the workers are gone.
    """
    manifest = describe(plan.suite, plan.items, plan.device, workers.hardware(plan.device))
    with Journal(directory.journal) as journal:
        finished = Finished(plan, directory, journal, cache)
        failures = Runner(plan, directory, finished, workers).run()
        rows = collect(plan, journal, failures)
        if cache:
            manifest["cache"] = {"folder": str(cache.folder), "restored": dict(finished.restored)}
        manifest["notices"] = notices(plan, journal)
        # Rows and manifest appear together, after all work: an interrupted second run leaves the
        # first one's, and never rows of one beside the manifest of another.
        write_atomically(directory.rows, rows.to_csv(index=False).encode())
        failed = rows[is_failure(rows)]
        manifest["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        manifest["failures"] = len(failed)
        _write_json(directory.manifest, manifest)
        write_atomically(directory.items, items_table(plan.items).to_csv(index=False).encode())
        table = write_leaderboard(directory, manifest, rows)
        found = checks(plan, journal)
    write_atomically(directory.checks, found.to_csv(index=False).encode())
    checksums.add(directory, directory.tables())
    remarks = [f"check: {finding}" for finding in summary(found, len(plan.items))]
    for notice, count in Counter(text for _, text in manifest["notices"]).items():
        remarks.append(f"note: {count} items: {notice}")
    return Measured(table, failed, remarks)


def write_leaderboard(
    directory: RunDirectory, manifest: dict[str, Any], rows: pd.DataFrame
) -> pd.DataFrame:
    """Make the leaderboard and the curves of a run from its rows."""
    from ...reports.figures.curves import draw_curves  # matplotlib takes a second to import

    names = [entry["metric"] for entry in manifest["metrics"]]
    scores = Scores.measured_by(names, rows, manifest["conditions"], manifest["items"])
    table = leaderboard(scores)
    write_atomically(directory.leaderboard, table.to_csv(index=False).encode())
    draw_curves(table, scores.directions, directory.curves, manifest["suite"]["title"])
    return table


def _announce(plan: Plan) -> None:
    seconds = sum(item.seconds for item in plan.items)
    print(
        f"{plan.suite.title}: {len(plan.suite.codecs)} conditions on {len(plan.items)} items "
        f"({seconds / 60:.1f} min), {len(plan.suite.metrics)} metrics, on {plan.device}"
    )
    for line in left_out(plan.suite.unavailable):
        print(f"  {line}")


def _conclude(suite: Suite, directory: RunDirectory, measured: Measured) -> None:
    print(f"\n{show(measured.table)}\n")
    for remark in partial_columns(measured.table):
        print(f"note: {remark}")
    for remark in measured.remarks:
        print(remark)
    groups = measured.failed.groupby(["condition", "error"], sort=False)
    for (condition, error), rows in groups:
        items = rows["item"].unique()
        print(f"failed: {condition}, {len(items)} items ({items[0]}, ...): {error}")
    print(f"{suite.title}: {directory.leaderboard}, curves in {directory.curves}")


def items_table(items: Sequence[Item]) -> pd.DataFrame:
    """The table `items.csv` of a run."""
    columns = ("id", "path", "speaker", "sex", "seconds", "sample_rate", "text", "sha256")
    return pd.DataFrame([[getattr(i, c) for c in columns] for i in items], columns=list(columns))


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_atomically(path, text.encode())
