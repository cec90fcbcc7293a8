"""`nscbench site`: a leaderboard of many runs as a static site, with a page for each codec."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ...codecs import available
from ...reports.site.board import Source
from ...reports.site.site import write_site
from ..run.provenance import describe_source
from ..store.finished_run import Run, merge, read_run
from ..store.printable import file_fault, printable
from ..store.run_directory import RunError
from .report import check_place, families, read_signal

OK, CHANGED, BAD_INPUT = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    """Add `nscbench site`."""
    parser = subparsers.add_parser(
        "site", help="a static site of many runs: leaderboard, codecs, export"
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directory of a run")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the site; the exit status."""
    try:
        check_place(arguments.out, arguments.runs)
        merged = merge([read_run(root) for root in arguments.runs])
        site = write_site(merged, arguments.out, read_signal, families(merged), sources(merged))
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return BAD_INPUT
    for fault in site.faults:
        print(f"not played: {printable(fault)}", file=sys.stderr)
    print(f"{site.page}: {len(merged.scores.conditions)} conditions, {site.codecs} codecs")
    return CHANGED if site.changed else OK


def sources(merged: Run) -> dict[str, Source]:
    """Paper and licences by condition, of the codecs that are installed here.

    They are for runs that were made before manifests had them.
    """
    classes = available()
    return {
        name: describe_source(classes[entry["codec"]])
        for name, entry in merged.scores.conditions.items()
        if entry["codec"] in classes
    }
