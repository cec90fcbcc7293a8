"""`nscbench compare`: which of two conditions, two codecs or two runs is better, and is it sure?

nscbench compare RUN A B                     two conditions, or two codecs over their bitrates
nscbench compare RUN --all                   all pairs of codecs, by column
nscbench compare NEW OLD --gate pesq,visqol  exit status 1 where a condition of NEW is worse, has
                                             lost items, or cannot be told
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from ..store.rundir import RunError

BETTER, WORSE, BAD_INPUT = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    """Add `nscbench compare`."""
    parser = subparsers.add_parser(
        "compare", help="paired comparison of conditions, codecs or runs; a gate for CI"
    )
    parser.add_argument("run", type=Path, help="directory of a run")
    parser.add_argument(
        "names", nargs="*", metavar="A B | OLD", help="two conditions or codecs; with --gate, a run"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--all", action="store_true", help="all pairs of codecs in every column")
    mode.add_argument(
        "--gate",
        metavar="METRICS",
        help="metrics or columns in which RUN may not be worse than OLD",
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a comparison; the exit status."""
    wanted = 1 if arguments.gate else 0 if arguments.all else 2
    try:
        if len(arguments.names) != wanted:
            raise RunError(
                f"{len(arguments.names)} names after the run; A B, --all, or OLD --gate METRICS"
            )
        if arguments.gate:
            return _gate(arguments.run, Path(arguments.names[0]), arguments.gate.split(","))
        if arguments.all:
            return _all_pairs(arguments.run)
        return _pair(arguments.run, *arguments.names)
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT


def _pair(root: Path, a: str, b: str) -> int:
    from ...reports.tables.comparisons import compare_pair
    from ...reports.tables.curve_deltas import curves, deltas
    from ...reports.tables.printed import show_comparisons, show_deltas
    from ..store.finished_run import read_run

    scores = read_run(root).scores
    points = curves(scores)
    if a in scores.conditions and b in scores.conditions:
        table = compare_pair(scores, a, b, scores.ranked)
        if table.empty:
            raise RunError(f"{root}: {a} and {b} share no item in a column that ranks")
        print(show_comparisons(table))
        return BETTER
    if a in points and b in points:
        found = {c: deltas(scores, c, (b, points[b]), (a, points[a])) for c in scores.ranked}
        if not found:
            raise RunError(f"{root}: {a} and {b} have no values in a column that ranks")
        print(show_deltas(found, len(scores.items), a, b))
        return BETTER
    raise RunError(
        f"{a} and {b} are neither two conditions nor two codecs of {root}; conditions are "
        f"{', '.join(scores.conditions)}; codecs are {', '.join(points)}"
    )


def _all_pairs(root: Path) -> int:
    from ...reports.tables.leaderboard import all_comparisons
    from ...reports.tables.printed import show_comparisons
    from ..store.finished_run import read_run

    tables = all_comparisons(read_run(root).scores)
    if not tables:
        raise RunError(f"{root}: fewer than two codecs have values to compare")
    print(show_comparisons(pd.concat(tables.values())))
    return BETTER


def _gate(new_root: Path, old_root: Path, wanted: list[str]) -> int:
    from ...reports.tables.gate import resolve, verdicts
    from ..store.finished_run import differing, read_run

    new, old = read_run(new_root), read_run(old_root)
    if differences := differing(new, old, conditions=False):
        raise RunError("these runs do not compare:\n  " + "\n  ".join(differences))
    found = verdicts(new.scores, old.scores, resolve(new, wanted))
    for verdict in found:
        print(verdict)
    return WORSE if any(verdict.closes for verdict in found) else BETTER
