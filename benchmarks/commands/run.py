"""`nscbench run`: one suite, one directory, one leaderboard."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...codecs import CodecError
from ...reports.tables.printed import partial_columns, show
from ...reports.tables.verdicts import FAIL, PASS, UNDECIDED, Judged
from ..data.items import AudioError, Item, ItemsError, passed_over, read_items
from ..degradations import DegradationError
from ..run.absences import asked_for, left_out
from ..run.plan import Plan
from ..run.robustness import CLEAN
from ..run.selection import balanced, select
from ..run.suite import Suite, decoded_folders, load_suite
from ..run.suite_settings import LOWEST_RATE, SuiteError
from ..store.cache import Cache, folder_named
from ..store.contents import ContentError
from ..store.finished_run import read_run
from ..store.printable import file_fault
from ..store.run_directory import RunDirectory, RunError, Stopped
from ..workers.local import LocalWorkers, device_named
from ..workers.work import Workers
from .named import names
from .run_forecast import forecast
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
    parser.add_argument(
        "--conditions",
        type=names,
        default=(),
        metavar="GLOB[,GLOB]",
        help="only those of the suite's conditions that a pattern fits, such as 'gan-*,pcm'",
    )
    parser.add_argument(
        "--metrics", type=names, default=(), metavar="A[,B]", help="these instead of the suite's"
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help="so many items, balanced over speakers, the same in every run; 0 for all",
    )
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
        suite = _chosen(arguments)
        source = suite.source if arguments.items is None else arguments.items
        items, out, cache = _asked(arguments, suite, source)
        directory = RunDirectory(out.absolute() if arguments.scheduler else out)
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
        for problem in shown_faults(error.problems, source):
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


def _asked(
    arguments: argparse.Namespace, suite: Suite, source: str
) -> tuple[list[Item], Path, Path | None]:
    """The items, the directory of the run, and the folder of the cache, if there is one.

    Raises:
        RunError, ItemsError: what is asked for is not there, or cannot be run.
    """
    try:
        out = arguments.out or Path("runs") / suite.name
        results = [out, *decoded_folders(suite)]
        items = balanced(read_items(source, results), suite.sample)
        for line in passed_over(source, results):
            print(f"{source}: {line}")
        cache = folder_named(arguments.cache)
    except OSError as error:  # nothing has begun that could go on
        raise RunError(file_fault(error)) from error
    if arguments.workers < 1:
        raise RunError(f"--workers must be at least 1, not {arguments.workers}")
    _check_rates(suite, items)
    if len(items) < 2 and any(codec.pairing == "next" for codec in suite.codecs):
        raise RunError("a swapped control needs at least 2 items; leave it out, or add items")
    return items, out, cache


def _chosen(arguments: argparse.Namespace) -> Suite:
    """The part of the suite that is asked for.

    Raises:
        SuiteError: no such suite, condition or metric.
        RunError: no such number of items.
    """
    suite = select(load_suite(arguments.suite), arguments.conditions, arguments.metrics)
    if arguments.limit is None:
        return suite
    if arguments.limit < 0:
        raise RunError(f"--limit is a number of items, 0 for all, not {arguments.limit}")
    return replace(suite, sample=arguments.limit)


def _check_rates(suite: Suite, items: Sequence[Item]) -> None:
    """Refuse items that lack the band that a suite of wider band scores.

    At the lowest rate, at which suites score by default, narrow-band speech is measured as it is.

    Raises:
        RunError: which, and what is allowed.
    """
    if suite.sample_rate == LOWEST_RATE:
        return
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
    _announce(plan, directory)
    measured = carry_out(plan, directory, workers, cache)
    _conclude(plan.suite, directory, measured)
    verdict = PASS
    if plan.suite.limits:
        runs = {"": Judged(read_run(directory.root).scores)}
        verdict = worst(judge_run(plan.suite, plan.items, plan.device, directory, runs))
    return plan.suite.whole and not len(measured.failed), verdict


def _announce(plan: Plan, directory: RunDirectory) -> None:
    seconds = sum(item.seconds for item in plan.items)
    print(
        f"{plan.suite.title}: {len(plan.suite.codecs)} conditions on {len(plan.items)} items "
        f"({seconds / 60:.1f} min), {len(plan.suite.metrics)} metrics, on {plan.device}"
    )
    for line in left_out(plan.suite.optional, plan.suite.unmeasured):
        print(f"  {line}")
    ids = [item.id for item in plan.items]
    if not any(item.speaker for item in plan.items):
        print(
            "  no speakers are known: each item counts as a speaker of its own, and intervals are "
            "too narrow where one said several"
        )
    for codec in plan.suite.codecs:
        for line in codec.remarks(ids):
            print(f"  {codec.condition}: {line}")
    for line in forecast(plan, directory):
        print(f"  {line}")
    if sys.stdout:
        sys.stdout.flush()  # or a pipe shows it when all is done


def _conclude(suite: Suite, directory: RunDirectory, measured: Measured) -> None:
    print(f"\n{show(measured.table)}\n")
    for remark in partial_columns(measured.table):
        print(f"note: {remark}")
    for remark in measured.remarks:
        print(remark)
    for condition, rows in measured.failed.groupby("condition", sort=False):
        for line in grouped(zip(rows["item"], rows["error"], strict=True)):
            print(f"failed: {condition}, {line}")
    for line in asked_for(suite.not_run, suite.not_measured):
        print(line)
    print(f"{suite.title}: {directory.leaderboard}, curves in {directory.curves}")
    root = shlex.quote(str(directory.root))
    print(f"next: nscbench report {root}, or nscbench mushra build {root} --out {root}-mushra")
