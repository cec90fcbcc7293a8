"""`nscbench verify`: does a run say what its files, and a second computation, say?"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..data.items import ItemsError
from ..store.printable import file_fault, printable
from ..store.run_directory import RunDirectory, RunError
from .json_output import add_json, print_json

SAME, DIFFERENT, BAD_INPUT = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    """Add `nscbench verify`."""
    parser = subparsers.add_parser("verify", help="recompute a random part of a run, and compare")
    parser.add_argument("run", type=Path, help="directory of a run")
    parser.add_argument(
        "--fraction", type=float, default=0.05, help="of its items to recompute; default 0.05"
    )
    parser.add_argument(
        "--programs",
        action="store_true",
        help="run the programs that the run names as codecs: only of a run that you trust",
    )
    add_json(parser)
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every difference; the exit status."""
    from ..verify.verification import verify

    try:
        if not 0 < arguments.fraction <= 1:
            raise RunError(f"--fraction must be above 0 and at most 1, not {arguments.fraction}")
        if not arguments.run.is_dir():
            raise RunError(f"{arguments.run}: no such directory")
        found = verify(RunDirectory(arguments.run), arguments.fraction, arguments.programs)
    except ItemsError as error:
        print("\n".join(f"nscbench: {printable(text)}" for text in error.problems), file=sys.stderr)
        return BAD_INPUT
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return BAD_INPUT
    if arguments.json:
        print_json({"run": str(arguments.run), **asdict(found)})
        return DIFFERENT if found.differences else SAME
    for difference in found.differences:
        print(f"DIFFERENT {printable(difference)}")
    print(
        f"{arguments.run}: recomputed {found.checked} of {found.total} coded items: "
        f"{len(found.differences) or 'no'} differences"
    )
    return DIFFERENT if found.differences else SAME
