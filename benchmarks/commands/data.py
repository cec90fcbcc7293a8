"""`nscbench data`: fetch test sets from their publishers, check them, list them."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ..data.archives import ArchiveError
from ..data.corpora import CorpusError
from ..data.datasets import DATASETS, DatasetError, catalogue, get_dataset
from ..data.download import DownloadError
from ..data.items import EMBEDDED, Item, ItemsError, passed_over, read_items


def add_parser(subparsers: Any) -> None:
    """Add `nscbench data`."""
    parser = subparsers.add_parser("data", help="fetch and check test sets")
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")

    getting = actions.add_parser("get", help="fetch a data set from its publisher")
    getting.add_argument("name", metavar="NAME", help=f"one of: {', '.join(catalogue())}")
    getting.add_argument(
        "--to", metavar="DIR", type=Path, required=True, help="it is put into DIR/NAME"
    )
    checking = actions.add_parser("check", help="hash and decode every item of a test set")
    checking.add_argument("path", metavar="PATH", help="a folder, a manifest, or: demo")
    actions.add_parser("list", help="the data sets, their licences and whom to name")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one action; 0: all well, 1: a fetch or a check failed, 2: bad usage."""
    if arguments.action == "get":
        return _get(arguments.name, arguments.to)
    if arguments.action == "check":
        return _check(arguments.path)
    for name, title in catalogue().items():
        print(f"{name}\n    {title}")
        if name in DATASETS:
            print(f"    {DATASETS[name].licence}\n    {DATASETS[name].attribution}")
    return 0


def _get(name: str, to: Path) -> int:
    try:
        folder = get_dataset(name, to)
    except DatasetError as error:
        return _complain(2, error)
    except (DownloadError, ArchiveError, CorpusError, ItemsError, OSError) as error:
        return _complain(1, error)
    print(folder)
    if name in DATASETS:
        print(f"{DATASETS[name].licence}\n{DATASETS[name].attribution}")
    return 0


def _check(path: str) -> int:
    if path not in EMBEDDED and not Path(path).exists():
        return _complain(2, f"{path} does not exist; allowed are a folder, a manifest, or: demo")
    try:
        items = read_items(path, decoded=True)
    except ItemsError as error:
        return _complain(1, *error.problems)
    for line in passed_over(path):
        print(f"{path}: {line}", file=sys.stderr)
    print(_summary(items))
    return 0


def _summary(items: list[Item]) -> str:
    speakers = {item.speaker for item in items if item.speaker}
    rates = sorted({item.sample_rate for item in items})
    return (
        f"{len(items)} items, {sum(item.seconds for item in items) / 60:.1f} min, "
        f"{len(speakers)} known speakers, {', '.join(map(str, rates))} Hz: all well"
    )


def _complain(status: int, *problems: object) -> int:
    for problem in problems:
        print(f"nscbench: {problem}", file=sys.stderr)
    return status
