"""`nscbench report`: leaderboard and curves of a finished run, made again from its rows."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..reports.table import markdown, show
from .results import read_rows
from .run_command import write_leaderboard
from .rundir import RunDirectory


def add_parser(subparsers: Any) -> None:
    """Add `nscbench report`."""
    parser = subparsers.add_parser("report", help="draw leaderboard and curves of a run again")
    parser.add_argument("run", type=Path, help="directory of a run")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files and print the table; the exit status."""
    directory = RunDirectory(arguments.run)
    try:
        manifest = json.loads(directory.manifest.read_text("utf-8"))
        table = write_leaderboard(directory, manifest, read_rows(directory.rows))
    except FileNotFoundError as error:
        print(f"nscbench: {error.filename}: no such file: not a finished run", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"nscbench: {arguments.run}: {error}", file=sys.stderr)
        return 2
    print(markdown(table) if arguments.markdown else show(table))
    print(f"{directory.leaderboard}, curves in {directory.curves}", file=sys.stderr)
    return 0
