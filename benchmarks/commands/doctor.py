"""`nscbench doctor`: what is installed here, what is missing, and what that switches off.

The exit status is 1 if something required is broken, else 0: what is optional may be missing.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from ..run.installation import Findings, Package, examine

HEALTHY, BROKEN = 0, 1


def add_parser(subparsers: Any) -> None:
    """Add `nscbench doctor`."""
    parser = subparsers.add_parser(
        "doctor", help="what is installed, what is missing, and what that switches off"
    )
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; the exit status."""
    findings = examine()
    if arguments.json:
        print(json.dumps(findings.as_json(), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_report(findings)))
    return BROKEN if findings.broken else HEALTHY


def _report(findings: Findings) -> Iterator[str]:
    yield f"nscbench {findings.nscbench}"
    yield from _section("this machine", _flat(findings.system))
    yield from _section("required", {p.name: _state(p) for p in findings.required})
    for extra, packages in findings.extras.items():
        yield from _section(f"extra {extra}", {p.name: _state(p) for p in packages})
    if findings.looked_further:
        yield from _beyond(findings)
    broken = ", ".join(package.name for package in findings.broken)
    yield f"\n{f'broken: {broken}' if broken else 'all that is required works'}"


def _beyond(findings: Findings) -> Iterator[str]:
    yield from _section("libraries and programs", findings.libraries)
    on, off = len(findings.codecs_on), len(findings.codecs_off)
    yield from _section(f"codecs: {on} run here, {off} are off", findings.codecs_off)
    on, off = len(findings.metrics_on), len(findings.metrics_off)
    yield from _section(f"metrics: {on} run here, {off} are off", findings.metrics_off)
    yield from _section("weights of codecs and metrics", {"folder": findings.weights_folder})
    for path in findings.foreign_weights:
        yield f"  {path} is not the published file: its values stand apart from others'"
    if findings.plugins_left_out:
        yield from _section("plug-ins that are left out", findings.plugins_left_out)


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
