"""`nscbench weights`: fetch the weights that codecs and metrics need, check them, list them."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ...metrics.machinery.weights import Weights
from ..data.download import DownloadError
from ..data.published_weights import (
    MIRROR,
    Entry,
    WeightsError,
    check_weights,
    fetch_weights,
    named,
    table,
    unpinned,
)

OK, FAILED, BAD_USAGE = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    """Add `nscbench weights`."""
    parser = subparsers.add_parser(
        "weights", help="fetch and check the weights that others publish"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")

    actions.add_parser("list", help="all sets: are they here, their size, licence and publisher")
    getting = actions.add_parser("get", help="fetch sets of weights from their publishers")
    getting.add_argument(
        "names", metavar="NAME", nargs="+", help="a set, or the codec or metric that needs it"
    )
    getting.add_argument(
        "--accept", action="store_true", help="agree to licences that restrict the use"
    )
    getting.add_argument(
        "--from",
        dest="mirror",
        metavar="MIRROR",
        default=os.environ.get(MIRROR, ""),
        help=f"a folder or an address that has NAME/FILE (default: ${MIRROR}, or the publisher)",
    )
    getting.add_argument("--again", action="store_true", help="fetch also what is here")
    checking = actions.add_parser("check", help="hash the files that are here")
    checking.add_argument("names", metavar="NAME", nargs="*", help="only these sets")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one action; 0: all well, 1: a fetch or a check failed, 2: bad usage."""
    if arguments.action == "list":
        return _list()
    try:
        chosen = named(arguments.names or list(table()))
    except WeightsError as error:
        return _complain(BAD_USAGE, error)
    if arguments.action == "check":
        return max([_check(weights, bool(arguments.names)) for weights in chosen], default=OK)
    mirror = arguments.mirror
    if mirror and "://" not in mirror and not Path(os.path.expanduser(mirror)).is_dir():
        return _complain(BAD_USAGE, f"the mirror {mirror} is no folder and no address")
    return max(_get(weights, mirror, arguments.accept, arguments.again) for weights in chosen)


def _list() -> int:
    entries = table()
    widths = max(map(len, entries)), max(len(_state(e.weights)) for e in entries.values())
    for name, entry in entries.items():
        print(
            "  ".join(
                (name.ljust(widths[0]), _state(entry.weights).ljust(widths[1]), _about(entry))
            )
        )
    return OK


def _state(weights: Weights) -> str:
    if not weights.absent:
        return "not the published file" if weights.foreign() else "here"
    return "-" if len(weights.absent) == len(weights.files) else "in part"


def _about(entry: Entry) -> str:
    weights = entry.weights
    terms = weights.licence + (f" ({weights.restriction})" if weights.restriction else "")
    size = f"{weights.megabytes:5.4g} MB" if weights.megabytes else "   ? MB"
    files = _files(len(weights.files)).ljust(7)
    return f"{size}, {files}  {terms}; {weights.publisher}; for {', '.join(entry.users)}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _get(weights: Weights, mirror: str, accepted: bool, again: bool) -> int:
    if not again and not weights.missing():
        print(f"{weights.name}: here already, in {weights.folder}")
        return OK
    if weights.restriction and not accepted and not _asked(weights):
        return _complain(
            FAILED,
            f"{weights.name}: not fetched: {_terms(weights)}. Who agrees says so by --accept",
        )
    try:
        count = fetch_weights(weights, mirror, again)
    except (DownloadError, WeightsError, OSError) as error:
        return _complain(FAILED, f"{weights.name}: {error}")
    print(f"{weights.name}: {_files(count)} in {weights.home}; {weights.licence}")
    if own := unpinned(weights):
        print(f"  no published SHA-256 is known of {', '.join(own)}; what came is recorded")
    return OK


def _terms(weights: Weights) -> str:
    return f"{weights.licence}: {weights.restriction} ({weights.publisher})"


def _asked(weights: Weights) -> bool:
    """Does somebody at a terminal agree to the licence?"""
    if not sys.stdin.isatty():
        return False
    return input(f"{weights.name}: {_terms(weights)}. Agree? [y/N] ").strip().lower() in (
        "y",
        "yes",
    )


def _check(weights: Weights, wanted: bool) -> int:
    """Print the state of a set; absence is a failure only of one that was named."""
    if problems := list(check_weights(weights)):
        return _complain(FAILED, *problems)
    if weights.absent:
        if wanted:
            return _complain(FAILED, f"{weights.name}: {weights.missing()}")
        print(f"{weights.name}: {_state(weights)}")
        return OK
    print(f"{weights.name}: all well, in {weights.folder}")
    return OK


def _complain(status: int, *problems: object) -> int:
    for problem in problems:
        print(f"nscbench: {problem}", file=sys.stderr)
    return status
