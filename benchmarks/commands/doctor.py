"""`nscbench doctor`: what is installed here, what is missing, and what that switches off.

The exit status is 1 if something required is broken, else 0: what is optional may be missing.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from .doctor_examination import Examination, examine
from .doctor_packages import Package
from .json_output import add_json, print_json

HEALTHY, BROKEN = 0, 1


def add_parser(subparsers: Any) -> None:
    """Add `nscbench doctor`."""
    parser = subparsers.add_parser(
        "doctor", help="what is installed, what is missing, and what that switches off"
    )
    add_json(parser)
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; the exit status."""
    found = examine()
    if arguments.json:
        print_json(found.as_json())
    else:
        print("\n".join(_report(found)))
    return BROKEN if found.broken else HEALTHY


def _report(found: Examination) -> Iterator[str]:
    yield f"nscbench {found.nscbench}"
    yield from _section("this machine", _flat(found.system))
    yield from _section("required", {p.name: _state(p) for p in found.required})
    for extra, packages in found.extras.items():
        yield from _section(f"extra {extra}", {p.name: _state(p) for p in packages})
    if found.looked_further:
        yield from _beyond(found)
    broken = ", ".join(package.name for package in found.broken)
    yield f"\n{f'broken: {broken}' if broken else 'all that is required works'}"


def _beyond(found: Examination) -> Iterator[str]:
    yield from _section("libraries and programs", found.libraries)
    on, off = len(found.codecs_on), len(found.codecs_off)
    yield from _section(f"codecs: {on} run here, {off} are off", found.codecs_off)
    on, off = len(found.metrics_on), len(found.metrics_off)
    yield from _section(f"metrics: {on} run here, {off} are off", found.metrics_off)
    yield from _section("weights of codecs and metrics", {"folder": found.weights_folder})
    for path in found.foreign_weights:
        yield f"  {path} is not the published file: what needs it is off"
    if found.plugins_left_out:
        yield from _section("plug-ins that are left out", found.plugins_left_out)


def _state(package: Package) -> str:
    return package.problem or package.version


def _flat(system: dict[str, Any]) -> dict[str, str]:
    return {
        name: ", ".join(f"{k}={v}" for k, v in value.items())
        if isinstance(value, dict)
        else str(value)
        for name, value in system.items()
    }


def _section(title: str, lines: dict[str, str]) -> Iterator[str]:
    yield f"\n{title}"
    width = max(map(len, lines), default=0)
    for name, text in lines.items():
        yield f"  {name.ljust(width)}  {text or '-'}"
