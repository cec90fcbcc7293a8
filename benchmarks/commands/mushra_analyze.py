"""`nscbench mushra analyze` and `nscbench mushra plan`."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...listening_test.analyze.screening import PRESETS
from ...listening_test.read.blind_key import Key, Requirements, read_key
from ...listening_test.read.listening_checks import excluding, listening_checks
from ...listening_test.schema import Reading, ResultsError
from ...listening_test.votes import Check


def add_parsers(subparsers: Any) -> None:
    """Add `analyze` and `plan` to the sub-commands of `nscbench mushra`."""
    analyze = subparsers.add_parser("analyze", help="say what the ratings of a test mean")
    analyze.add_argument(
        "results", nargs="+", type=Path, help="results files, or folders of them, in any format"
    )
    analyze.add_argument("--key", type=Path, help="the test's key; blind results need it")
    analyze.add_argument(
        "--columns",
        metavar="NAME=OURS,...",
        help="columns of a table of others: subject=listener,rating=score",
    )
    analyze.add_argument("--reference", metavar="NAME", help="a table's hidden reference, or none")
    analyze.add_argument(
        "--anchors",
        nargs="+",
        metavar="NAME",
        help="a table's anchors, or none; NAME=anchor35, NAME=anchor70 for the standard's",
    )
    analyze.add_argument(
        "--screening", choices=PRESETS, default=PRESETS[0], help="post-screening (%(default)s)"
    )
    analyze.add_argument(
        "--out", type=Path, default=Path("mushra-analysis"), help="folder to write (%(default)s)"
    )
    analyze.add_argument("--run", type=Path, help="a run, to correlate its metrics with the scores")
    analyze.add_argument(
        "--margin", type=float, default=5.0, help="points that count as equivalent (%(default)g)"
    )
    analyze.add_argument(
        "--resample-items",
        action="store_true",
        help="bootstrap intervals and pairs that hold for other items too, not only for these",
    )
    analyze.set_defaults(command=run_analyze)
    planner = subparsers.add_parser("plan", help="how many listeners and items a test needs")
    planner.add_argument(
        "--difference", type=float, required=True, help="points that the test shall show"
    )
    planner.add_argument(
        "--power", type=float, default=0.8, help="probability that it does (%(default)g)"
    )
    planner.add_argument("--systems", type=int, default=2, help="systems under test (%(default)d)")
    planner.add_argument("--items", type=int, help="items of the whole test")
    planner.add_argument(
        "--items-per-listener", type=int, help="trials of one session (what 20 minutes hold)"
    )
    planner.add_argument(
        "--spread",
        type=float,
        help="standard deviation over listeners of a difference, in points, from an earlier test",
    )
    planner.add_argument(
        "--out", type=Path, help="CSV file to write: who rates what, for build --plan"
    )
    planner.set_defaults(command=run_plan)


def run_analyze(arguments: argparse.Namespace) -> int:
    """Read, screen, analyse, write and say; the exit status."""
    try:
        return _analyze(arguments)
    except (ResultsError, OSError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2


def _analyze(arguments: argparse.Namespace) -> int:
    from ...listening_test.analyze.analysis import analyse
    from ...listening_test.analyze.correlation import check_common, correlate
    from ...listening_test.analyze.objective import foreign_metrics, objective_values
    from ...listening_test.analyze.opinion_scores import OpinionScores
    from ...listening_test.analyze.report import Conclusions, means_text, write
    from ...listening_test.analyze.screening import screen

    if not 0 < arguments.margin < 100:
        raise ResultsError(f"a margin of {arguments.margin:g} points; it lies between 0 and 100")
    key = read_key(arguments.key) if arguments.key else None
    reading, checks = _read(arguments, key)
    scores = OpinionScores.of(reading.ratings)
    objective, directions = objective_values(arguments.run) if arguments.run else ({}, {})
    check_common(scores, objective)
    screening = screen(
        scores,
        arguments.screening,
        reading.ratings,
        key.inaudible if key else (),
        checks,
        excluding(key.requirements) if key else (),
    )
    kept = scores.without(screening.excluded)
    before = analyse(scores, arguments.margin, arguments.resample_items)
    after = analyse(kept, arguments.margin, arguments.resample_items)
    correlations, notes = (
        correlate(kept, objective, directions, after.pairs) if arguments.run else ((), ())
    )
    notes += _unknown(foreign_metrics(arguments.run) if arguments.run else [])
    conclusions = Conclusions(reading, scores, screening, before, after, correlations, notes)
    page = write(conclusions, arguments.out)
    for heading, lines in conclusions.sections().items():
        print(f"{heading}\n" + "".join(f"  {line}\n" for line in lines))
    print(f"{means_text(after)}\n\n{page}")
    return 0


def _unknown(metrics: list[str]) -> tuple[str, ...]:
    """What is not known of the columns of metrics that are not installed."""
    if not metrics:
        return ()
    return (
        f"Measured by what is not installed here: {', '.join(metrics)}; which end of their columns "
        "is better is not known, so that no pair is called reversed by them",
    )


def _read(arguments: argparse.Namespace, key: Key | None) -> tuple[Reading, tuple[Check, ...]]:
    """The ratings of results files, and checks of listeners; what is not taken is said at once.

    Raises:
        ResultsError: there is no rating.
    """
    from ...listening_test.read.columns import parse_columns
    from ...listening_test.read.results_files import read_results
    from ...listening_test.read.roles import parse_roles
    from ...listening_test.read.validation import valid_ratings

    columns = {} if arguments.columns is None else parse_columns(arguments.columns)
    imported = read_results(arguments.results, columns)
    roles = parse_roles(arguments.reference, arguments.anchors)
    reading = valid_ratings(imported.submissions, key, roles)
    reading = replace(
        reading,
        rejected=(*imported.rejected, *reading.rejected),
        notes=(*imported.notes, *reading.notes),
        sources=tuple(imported.sources),
    )
    for entry in reading.rejected:
        print(f"not taken: {entry}", file=sys.stderr)
    if not reading.ratings:
        why = "".join(f"; {note}" for note in reading.notes)
        raise ResultsError(f"no rating in {', '.join(reading.sources)}{why}: nothing to analyse")
    required = key.requirements if key else Requirements()
    return reading, listening_checks(imported.submissions, reading.ratings, required)


def run_plan(arguments: argparse.Namespace) -> int:
    """Print what a test needs, and write the assignment on request; the exit status."""
    from ...listening_test.prepare.assignment import assign
    from ...listening_test.prepare.sample_size import sample_size
    from ...listening_test.prepare.session_plan import plan_table
    from ..store.outputs import OutputError, OutputFile

    try:
        output = OutputFile(arguments.out, (".csv",)) if arguments.out else None
        found = sample_size(
            arguments.difference,
            arguments.power,
            arguments.systems,
            arguments.items_per_listener,
            arguments.items,
            arguments.spread,
        )
        pairs = f", {found.pairs} pairs (Holm)" if found.pairs > 1 else ""
        print(
            f"To show {found.difference:g} points between two of {found.systems} systems with a "
            f"power of {found.power:g}{pairs}: {found.listeners} listeners after screening, who "
            f"each rate {found.items_per_listener} of {found.items} items, about "
            f"{found.minutes:.0f} minutes each.\n"
            f"Assumed spread of a listener's difference: {found.spread:.1f} points."
        )
        for items, listeners in found.alternatives:
            minutes = found.minutes_for(items)
            print(f"  {items:3d} items per listener, {minutes:.0f} minutes: {listeners} listeners")
        for note in found.notes:
            print(f"{note}.")
        if output:
            names = [str(number) for number in range(1, found.items + 1)]
            sessions = assign(found.listeners, names, found.items_per_listener)
            output.write(plan_table(sessions).encode())
            print(arguments.out, file=sys.stderr if output.is_stdout else sys.stdout)
    except (ResultsError, OutputError, OSError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2
    return 0
