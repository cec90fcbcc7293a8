"""`nscbench compare`: which of two conditions, two codecs or two runs is better, and is it sure?

nscbench compare RUN A B                     two conditions, or two codecs over their bitrates
nscbench compare RUN A                       every codec against the condition A
nscbench compare RUN --all                   all pairs of codecs: who leads each column
nscbench compare NEW OLD --gate pesq,visqol  exit status 1 where a condition of NEW is worse, has
                                             lost items, or cannot be told
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ..store.run_directory import RunError
from ..store.scores import Scores
from .json_output import add_json, print_json
from .named import names

BETTER, WORSE, BAD_INPUT = 0, 1, 2
MOST_LINES = 60  # of a terminal: more comparisons are for files


def add_parser(subparsers: Any) -> None:
    """Add `nscbench compare`."""
    parser = subparsers.add_parser(
        "compare", help="paired comparison of conditions, codecs or runs; a gate for CI"
    )
    parser.add_argument("run", type=Path, help="directory of a run")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="A [B] | OLD",
        help="two conditions or codecs; one: all codecs against it; with --gate, a run",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--all", action="store_true", help="all pairs of codecs in every column")
    mode.add_argument(
        "--gate",
        type=names,
        metavar="METRICS",
        help="metrics or columns in which RUN may not be worse than OLD",
    )
    add_json(parser)
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a comparison; the exit status."""
    wanted = (1,) if arguments.gate else (0,) if arguments.all else (1, 2)
    try:
        if len(arguments.names) not in wanted:
            raise RunError(
                f"{len(arguments.names)} names after the run; A B, A, --all, or OLD --gate METRICS"
            )
        if arguments.gate:
            found = _gate(arguments.run, Path(arguments.names[0]), arguments.gate)
        elif arguments.all:
            found = _all_pairs(arguments.run)
        elif len(arguments.names) == 1:
            found = _with_baseline(arguments.run, arguments.names[0])
        else:
            found = _pair(arguments.run, *arguments.names)
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    if arguments.json:
        print_json({"run": str(arguments.run), **found.content})
    else:
        print("\n".join(found.lines))
    return found.status


class _Said(NamedTuple):
    """What a comparison found: lines for people, the same for programs, the exit status."""

    lines: list[str]
    content: dict[str, Any]
    status: int = BETTER


def _pair(root: Path, a: str, b: str) -> _Said:
    from ...reports.tables.comparisons import compare_pair
    from ...reports.tables.curve_deltas import curves, deltas
    from ...reports.tables.printed import show_deltas
    from ...reports.tables.summary import cautions
    from ..store.finished_run import read_run

    if a == b:
        raise RunError(f"{a} cannot be compared with itself; name two")
    whole = read_run(root)
    scores = whole.scores
    points = curves(scores)
    if a in scores.conditions and b in scores.conditions:
        table = compare_pair(scores, a, b, scores.ranked)
        if table.empty:
            raise RunError(f"{root}: {a} and {b} share no item in a column that ranks")
        return _family(scores, table, 1)
    if a in points and b in points:
        found = {c: deltas(scores, c, (b, points[b]), (a, points[a])) for c in scores.ranked}
        if not found:
            raise RunError(f"{root}: {a} and {b} have no values in a column that ranks")
        checks = cautions(scores, [])
        deltas_of = {
            column: {"n": n, "bd_rate": rate._asdict(), "bd_quality": quality._asdict()}
            for column, (n, rate, quality) in found.items()
        }
        return _Said(
            [show_deltas(found, len(scores.items), a, b), *_checks(checks)],
            {"a": a, "b": b, "N": len(scores.items), "deltas": deltas_of, "checks": checks},
        )
    known = dict.fromkeys([*scores.conditions, *points])
    for name in (a, b):
        if name not in known:
            raise RunError(whole.lacks(name, known, "condition or codec"))
    raise RunError(
        f"{a} and {b} are neither two conditions nor two codecs of {root}; conditions are "
        f"{', '.join(scores.conditions)}; codecs are {', '.join(points)}"
    )


def _with_baseline(root: Path, baseline: str) -> _Said:
    """Every codec against one condition; the family are all these tests."""
    from ...reports.tables.comparisons import compare_planned
    from ..store.finished_run import read_run

    whole = read_run(root)
    scores = whole.scores
    if baseline not in scores.conditions:
        raise RunError(whole.lacks(baseline, scores.conditions))
    pairs = [(name, baseline) for name in scores.of_kind("codec") if name != baseline]
    table = compare_planned(scores, pairs, scores.ranked)
    if table.empty:
        raise RunError(f"{root}: no codec has a value to compare with {baseline}")
    return _family(scores, table, len(pairs))


def _all_pairs(root: Path) -> _Said:
    from ...reports.tables.leaderboard import all_comparisons
    from ...reports.tables.printed import show_comparisons, show_summary
    from ...reports.tables.summary import cautions, summary
    from ..store.finished_run import read_run
    from ..store.scores import records

    scores = read_run(root).scores
    tables = all_comparisons(scores)
    if not tables:
        raise RunError(f"{root}: fewer than two codecs have values to compare")
    checks = cautions(scores, tables.values())
    pairs = pd.concat(tables.values())
    lines = [show_summary(summary(tables)), *_checks(checks)]
    if len(pairs) <= MOST_LINES:
        lines += ["", show_comparisons(pairs)]
    else:
        lines.append(
            f"{len(pairs)} comparisons, adjusted by Holm within a column: `nscbench report {root}` "
            "writes all to comparisons.csv; `nscbench compare RUN A` shows those with A"
        )
    return _Said(lines, {"comparisons": records(pairs), "checks": checks})


def _family(scores: Scores, table: pd.DataFrame, pairs: int) -> _Said:
    """One family of tests, what it is, and what to beware of."""
    from ...reports.tables.printed import show_comparisons
    from ...reports.tables.summary import cautions
    from ..store.scores import records

    columns = table["column"].nunique()
    checks = cautions(scores, [table])
    family = f"adjusted by Holm over {len(table)} tests: {pairs} pairs in {columns} columns"
    lines = [show_comparisons(table), family, *_checks(checks)]
    return _Said(lines, {"comparisons": records(table), "checks": checks})


def _checks(cautions: list[str]) -> list[str]:
    return [f"check: {caution}" for caution in cautions]


def _gate(new_root: Path, old_root: Path, wanted: Sequence[str]) -> _Said:
    from ...reports.tables.gate import resolve, verdicts
    from ..store.finished_run import differing, read_run

    new, old = read_run(new_root), read_run(old_root)
    if differences := differing(new, old, conditions=False):
        raise RunError("these runs do not compare:\n  " + "\n  ".join(differences))
    found = verdicts(new.scores, old.scores, resolve(new, wanted))
    closed = any(verdict.closes for verdict in found)
    content = {"old": str(old_root), "verdicts": [verdict._asdict() for verdict in found]}
    return _Said(
        [str(one) for one in found], content | {"closed": closed}, WORSE if closed else BETTER
    )
