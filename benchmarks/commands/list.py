"""`nscbench list`: what there is, and why something cannot run here."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ... import metrics
from ...codecs import available, registry
from ...codecs.base import WHOLE_ONLY, Codec
from ..data.datasets import catalogue
from ..run.suite import suite_names
from .json_output import add_json, print_json

SECTIONS = ("codecs", "metrics", "suites", "data")


def add_parser(subparsers: Any) -> None:
    """Add `nscbench list`."""
    parser = subparsers.add_parser("list", help="codecs, metrics, suites and data sets")
    parser.add_argument("section", nargs="?", choices=SECTIONS, help="only this section")
    add_json(parser)
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the sections; the exit status."""
    if arguments.json:
        print_json({s: _SHOWN[s]() for s in SECTIONS if arguments.section in (None, s)})
        return 0
    listings: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "codecs": _codecs,
        "metrics": _metrics,
        "suites": lambda: suite_names().items(),
        "data": lambda: catalogue().items(),
    }
    for section in SECTIONS if arguments.section is None else (arguments.section,):
        print(f"{section}:")
        lines = list(listings[section]())
        width = max((len(name) for name, _ in lines), default=0)
        for name, text in lines:
            print(f"  {name.ljust(width)}  {text}".rstrip())
        for value, why in left_out(section).items():
            print(f"  left out: {value}: {why}")
    return 0


def left_out(section: str) -> dict[str, str]:
    """Why plug-ins of other packages are not among the codecs or the metrics, by entry point."""
    if section == "codecs":
        return registry.REGISTRY.found.left_out
    return metrics.REGISTRY.found.left_out if section == "metrics" else {}


def _codecs() -> Iterator[tuple[str, str]]:
    for name, codec in available().items():
        missing = codec.unavailable()
        kind = "" if codec.kind == "codec" else f"({codec.kind}) "
        streams = "" if codec.streams or codec.kind != "codec" else f"; {WHOLE_ONLY}"
        yield (
            name,
            kind + (f"not here: {missing}" if missing else ", ".join(_points(codec)) + streams),
        )


def _points(codec: type[Codec]) -> list[str]:
    return [codec(**settings).condition for settings in codec.operating_points]


def _codecs_json() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "kind": codec.kind,
            "conditions": [] if codec.unavailable() else _points(codec),
            "missing": codec.unavailable(),
        }
        for name, codec in available().items()
    ]


def _metrics_json() -> list[dict[str, Any]]:
    return [
        {"name": name, "columns": dict(metric.directions), "missing": metric.unavailable()}
        for name, metric in metrics.available().items()
    ]


def _titles(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "title": title} for name, title in names.items()]


_SHOWN: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "codecs": _codecs_json,
    "metrics": _metrics_json,
    "suites": lambda: _titles(suite_names()),
    "data": lambda: _titles(catalogue()),
}


def _metrics() -> Iterator[tuple[str, str]]:
    for name, metric in metrics.available().items():
        columns = ", ".join(f"{c} ({d})" for c, d in metric.directions.items())
        missing = metric.unavailable()
        yield name, f"not here: {missing}" if missing else columns
