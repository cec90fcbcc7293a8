"""`nscbench run`: one suite, one directory, one leaderboard."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...codecs import CodecError
from ...reports.tables.printed import partial_columns, show
from ...reports.tables.verdicts import FAIL, PASS, UNDECIDED, Judged
from ..data.items import AudioError, Item, ItemsError, passed_over, read_items
from ..degradations import DegradationError
from ..run.plan import Plan
from ..run.robustness import CLEAN
from ..run.suite import Suite, decoded_folders, left_out, load_suite
from ..run.suite_settings import SuiteError
from ..store.cache import Cache, folder_named
from ..store.contents import ContentError
from ..store.finished_run import read_run
from ..store.run_directory import RunDirectory, RunError, Stopped
from ..workers.local import LocalWorkers, device_named
from ..workers.work import Workers
from .run_measuring import Measured, carry_out
from .run_messages import grouped, shown_faults
from .run_robustness import run_parts
from .run_verdicts import judge_run, worst

OK, FAILURES, BAD_INPUT = 0, 1, 2
OF_VERDICT = {PASS: OK, FAIL: 3, UNDECIDED: 4}


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
        suite = load_suite(arguments.suite)
        out = arguments.out or Path("runs") / suite.name
        source, results = arguments.items or suite.source, [out, *decoded_folders(suite)]
        items = read_items(source, results)
        for line in passed_over(source, results):
            print(f"{source}: {line}")
        if arguments.workers < 1:
            raise RunError(f"--workers must be at least 1, not {arguments.workers}")
        _check_rates(suite, items)
        if len(items) < 2 and any(codec.pairing == "next" for codec in suite.codecs):
            raise RunError("a swapped control needs at least 2 items; leave it out, or add items")
        directory = RunDirectory(out.absolute() if arguments.scheduler else out)
        cache = folder_named(arguments.cache)
        parts = [CLEAN] if suite.degradations else []
        with directory.locked(*parts), _workers(arguments, directory, items) as workers:
            device = workers.device(arguments.device)
            ours = Cache(cache) if cache else None
            if suite.degradations:
                whole, verdict = run_parts(suite, items, device, directory, workers, ours)
            else:
                whole, verdict = _run(Plan(suite, items, device), directory, workers, ours)
            return OF_VERDICT[verdict] if whole else FAILURES
    except ItemsError as error:
        for problem in shown_faults(error.problems, arguments.items or suite.items):
            print(f"nscbench: {problem}", file=sys.stderr)
        return BAD_INPUT
    except Stopped as error:
        print(f"nscbench: stopped: {error}; the same command goes on", file=sys.stderr)
        return FAILURES
    except (
        SuiteError, DegradationError, RunError, CodecError, AudioError, ContentError
    ) as error:  # fmt: skip
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: stopped: {error}; the same command goes on", file=sys.stderr)
        return FAILURES


def _check_rates(suite: Suite, items: Sequence[Item]) -> None:
    """Refuse items that lack the band that is scored.

    Raises:
        RunError: which, and what is allowed.
    """
    low = [item for item in items if item.sample_rate < suite.sample_rate]
    if low:
        raise RunError(
            f"{len(low)} of {len(items)} items have less than {suite.sample_rate} Hz "
            f"({low[0].id}: {low[0].sample_rate} Hz), at which {suite.name} scores: "
            "above their band there is nothing to measure"
        )


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


def _run(
    plan: Plan, directory: RunDirectory, workers: Workers, cache: Cache | None
) -> tuple[bool, str]:
    """Carry out a plan and print what it found; is there a value for everything, and the verdict
    on its limits."""
    _announce(plan)
    measured = carry_out(plan, directory, workers, cache)
    _conclude(plan.suite, directory, measured)
    verdict = PASS
    if plan.suite.limits:
        runs = {"": Judged(read_run(directory.root).scores)}
        verdict = worst(judge_run(plan.suite, plan.items, plan.device, directory, runs))
    return not len(measured.failed), verdict


def _announce(plan: Plan) -> None:
    seconds = sum(item.seconds for item in plan.items)
    print(
        f"{plan.suite.title}: {len(plan.suite.codecs)} conditions on {len(plan.items)} items "
        f"({seconds / 60:.1f} min), {len(plan.suite.metrics)} metrics, on {plan.device}"
    )
    for line in left_out(plan.suite.unavailable):
        print(f"  {line}")
    ids = [item.id for item in plan.items]
    for codec in plan.suite.codecs:
        for line in codec.remarks(ids):
            print(f"  {codec.condition}: {line}")


def _conclude(suite: Suite, directory: RunDirectory, measured: Measured) -> None:
    print(f"\n{show(measured.table)}\n")
    for remark in partial_columns(measured.table):
        print(f"note: {remark}")
    for remark in measured.remarks:
        print(remark)
    for condition, rows in measured.failed.groupby("condition", sort=False):
        for line in grouped(zip(rows["item"], rows["error"], strict=True)):
            print(f"failed: {condition}, {line}")
    print(f"{suite.title}: {directory.leaderboard}, curves in {directory.curves}")
