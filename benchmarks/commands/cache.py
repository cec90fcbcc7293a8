"""`nscbench cache info` and `nscbench cache prune`: what runs share, and how much of it."""

import argparse
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..store.cache import VARIABLE, Cache, folder_named
from ..store.printable import file_fault

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def add_parser(subparsers: Any) -> None:
    """Add `nscbench cache`."""
    parser = subparsers.add_parser("cache", help="results that runs share: size, and pruning")
    parser.add_argument("action", choices=("info", "prune"))
    parser.add_argument("--cache", type=Path, help=f"folder; default ${VARIABLE}")
    parser.add_argument(
        "--max-size",
        type=_bytes,
        help='what `prune` leaves, such as "20GB": the least recently used goes first',
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print or prune; the exit status."""
    if arguments.action == "prune" and arguments.max_size is None:
        print("nscbench: prune needs --max-size, such as 20GB", file=sys.stderr)
        return 2
    try:
        folder = folder_named(arguments.cache)
        if folder is None:
            print(f"nscbench: no cache: name a folder by --cache or ${VARIABLE}", file=sys.stderr)
            return 2
        if not folder.is_dir():
            print(f"nscbench: {folder} is no folder", file=sys.stderr)
            return 2
        _show(Cache(folder), arguments.max_size if arguments.action == "prune" else None)
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return 2
    return 0


def _show(cache: Cache, limit: int | None) -> None:
    """Prune to so many bytes, if to any, and print what is there."""
    if limit is not None:
        number, size = cache.prune(limit)
        print(f"removed: {number} entries, {_megabytes(size)}")
    for stage, (number, size) in cache.sizes().items():
        print(f"{stage}: {number} entries, {_megabytes(size)}")


def _bytes(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", text.strip().lower())
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 500MB, 20GB or 1.5TB")
    return int(Decimal(match[1]) * _UNITS[match[2]])


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
