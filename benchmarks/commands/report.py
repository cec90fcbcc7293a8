"""`nscbench report`: what a run says, as one HTML page, figures and tables."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ..store.rundir import RunError


def add_parser(subparsers: Any) -> None:
    """Add `nscbench report`."""
    parser = subparsers.add_parser("report", help="one offline HTML page, figures and tables")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directory of a run")
    parser.add_argument("--out", type=Path, help="folder to write; default RUN/report")
    parser.add_argument(
        "--training",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders of trainings whose curves are drawn, too",
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report and print the table; the exit status."""
    from ...reports.page.report import write_report
    from ..store.finished_run import merge, read_run

    try:
        merged = merge([read_run(root) for root in arguments.runs])
        page = write_report(
            merged, arguments.out or arguments.runs[0] / "report", arguments.training
        )
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"nscbench: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print((page.parent / "leaderboard.md").read_text("utf-8"))
    print(f"{page}: {page.stat().st_size / 2**20:.1f} MiB", file=sys.stderr)
    return 0
