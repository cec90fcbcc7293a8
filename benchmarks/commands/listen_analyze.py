"""`nscbench listen analyze` and `nscbench listen monitor`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...listening_test.analyze.vote_screening import PRESETS
from ...listening_test.schema import ResultsError
from ...listening_test.votes import TESTS, Votes


def add_parsers(subparsers: Any) -> None:
    """Add `analyze` and `monitor` to the sub-commands of `nscbench listen`."""
    analyze = subparsers.add_parser("analyze", help="say what the votes of a test mean")
    _add_reading(analyze)
    analyze.add_argument(
        "--out", type=Path, default=Path("listen-analysis"), help="folder to write (%(default)s)"
    )
    analyze.add_argument("--run", type=Path, help="a run, to draw its bitrates and metrics beside")
    analyze.set_defaults(command=run_analyze)
    monitor = subparsers.add_parser(
        "monitor", help="may the test stop? after every listener, with no penalty for looking"
    )
    _add_reading(monitor)
    monitor.add_argument(
        "--votes-per-listener",
        type=int,
        metavar="N",
        help="votes on a pair from which a listener counts, and that are counted (all there are)",
    )
    monitor.add_argument("--out", type=Path, help="CSV file to write: what was known when")
    monitor.set_defaults(command=run_monitor)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    """What both commands are told about the votes."""
    parser.add_argument(
        "results", nargs="+", type=Path, help="results files, or folders of them, in any format"
    )
    parser.add_argument("--key", type=Path, help="the test's key, if it is not beside our results")
    parser.add_argument("--test", choices=TESTS, help="the test, where the data do not tell")
    parser.add_argument(
        "--screening", choices=PRESETS, default=PRESETS[0], help="post-screening (%(default)s)"
    )
    parser.add_argument(
        "--margin",
        type=float,
        help="what counts as equivalent: categories (0.25), a share of preferences (0.1), percents "
        "of words (5)",
    )
    parser.add_argument("--scale", type=int, help="number of the scale, of pages that have several")
    parser.add_argument(
        "--categories", metavar="WORST,...,BEST", help="words of a scale of your own"
    )


def run_analyze(arguments: argparse.Namespace) -> int:
    """Read, screen, analyze, write and say; the exit status."""
    return _said(_analyze, arguments)


def run_monitor(arguments: argparse.Namespace) -> int:
    """Read, screen, and say of each pair whether it is decided; the exit status."""
    return _said(_monitor, arguments)


def _said(action: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    from ..store.outputs import OutputError

    try:
        action(arguments)
    except (ResultsError, OutputError, OSError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2
    return 0


def _votes(arguments: argparse.Namespace) -> Votes:
    """The votes of the results; what is not taken is said at once."""
    from ...listening_test.read.any_votes import read_any_votes
    from ...listening_test.read.vote_files import ReadingRules, own_categories

    how = ReadingRules(
        test=arguments.test or "",
        scale=arguments.scale,
        categories=own_categories(arguments.categories or ""),
    )
    votes = read_any_votes(arguments.results, how, arguments.key)
    for entry in votes.rejected:
        print(f"not taken: {entry}", file=sys.stderr)
    return votes


def _analyze(arguments: argparse.Namespace) -> None:
    from ...listening_test.analyze.any_test import conclude, margin_of
    from ...listening_test.analyze.bitrates import curves_of
    from ...listening_test.analyze.vote_report import VoteReport, write_report
    from ...listening_test.analyze.vote_screening import screen_votes, without

    votes = _votes(arguments)
    margin = margin_of(votes.test, arguments.margin)
    before = conclude(votes, margin)
    curves = curves_of(arguments.run, before.points) if arguments.run else None
    screening = screen_votes(votes, arguments.screening)
    kept = without(votes, screening.excluded)
    after = conclude(kept, margin) if kept.rows else None
    report = VoteReport(votes, screening, before, after, curves)
    page = write_report(report, arguments.out)
    for heading, lines in report.sections().items():
        print(f"{heading}\n" + "".join(f"  {line}\n" for line in lines))
    print(page)


def _monitor(arguments: argparse.Namespace) -> None:
    from ...listening_test.analyze.any_test import UNITS, margin_of
    from ...listening_test.analyze.sequential.listener_values import watched_pairs
    from ...listening_test.analyze.sequential.monitor import looks_text, monitor, sentence
    from ...listening_test.analyze.vote_screening import screen_votes, without
    from ..store.outputs import OutputFile

    output = OutputFile(arguments.out, (".csv",)) if arguments.out else None
    if arguments.votes_per_listener is not None and arguments.votes_per_listener < 1:
        raise ResultsError(f"{arguments.votes_per_listener} votes of a listener; it is 1 at least")
    votes = _votes(arguments)
    margin = margin_of(votes.test, arguments.margin)
    screening = screen_votes(votes, arguments.screening)
    kept = without(votes, screening.excluded)
    if not kept.rows:
        raise ResultsError(f"screening ({arguments.screening}) leaves no listener")
    pairs = watched_pairs(kept, arguments.votes_per_listener)
    scale = 2.0 if votes.test == "ab" else 1.0  # of a net preference
    verdicts = monitor(pairs, scale * margin)
    if screening.excluded:
        print(f"Screening ({arguments.screening}) leaves out {len(screening.excluded)} listeners.")
    for verdict in verdicts:
        print(sentence(verdict, f"±{scale * margin:g} {UNITS[votes.test]}", votes.test))
    if output:
        output.write(looks_text(verdicts).encode())
        print(arguments.out, file=sys.stderr if output.is_stdout else sys.stdout)
