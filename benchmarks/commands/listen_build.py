"""`nscbench listen build`, `serve` and `plan`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ...listening_test.votes import TESTS
from . import mushra_build
from .mushra_build import BAD_INPUT, OK


def add_parsers(subparsers: Any) -> None:
    """Add `build`, `serve` and `plan` to the sub-commands of `nscbench listen`."""
    _add_build(subparsers)
    mushra_build.add_serve(subparsers)
    _add_plan(subparsers)


def _add_build(subparsers: Any) -> None:
    build = subparsers.add_parser("build", help="make a listening test from a run")
    build.add_argument("--test", required=True, choices=("mushra", *TESTS))
    mushra_build.add_build_arguments(build)
    of_tests = build.add_argument_group("other tests than mushra")
    of_tests.add_argument(
        "--against",
        default="",
        metavar="NAME",
        help="what the others are compared with (ccr, abx: reference; ab: each other)",
    )
    of_tests.add_argument("--tie", action="store_true", help="ab: neither may be preferred")
    of_tests.add_argument(
        "--words", metavar="CSV", help="drt, mrt: manifest of words; `words` is the embedded set's"
    )
    of_tests.add_argument(
        "--stopping",
        choices=("fixed", "sequential"),
        default="fixed",
        help="abx: after all trials, or when a listener's are decided (%(default)s)",
    )
    of_tests.add_argument(
        "--minutes", type=float, help="of a session; more is split into blocks (20)"
    )
    of_tests.add_argument(
        "--clip-seconds",
        nargs=2,
        type=float,
        metavar=("SHORTEST", "LONGEST"),
        help="acr, dcr, ccr: 8 12; ab, abx: 1 12; drt, mrt: 0.2 4",
    )
    crowd = build.add_argument_group("listeners of a panel; not of mushra")
    crowd.add_argument(
        "--listener-parameter", default="", metavar="NAME", help="of the link, such as PROLIFIC_PID"
    )
    crowd.add_argument("--completion-code", default="", metavar="CODE", help="shown at the end")
    crowd.add_argument("--time-limit", type=float, metavar="MINUTES", help="for a whole session")
    build.set_defaults(command=run_build)


def _add_plan(subparsers: Any) -> None:
    plan = subparsers.add_parser("plan", help="how many votes and listeners a test needs")
    plan.add_argument("--test", required=True, choices=TESTS)
    plan.add_argument("--conditions", type=int, default=8, help="that are judged (%(default)d)")
    plan.add_argument("--items", type=int, help="clips (24; ab, abx: 12) or words (96)")
    plan.add_argument(
        "--difference",
        type=float,
        help="that the test shall show: points (acr, dcr, ccr: 0.3), or per cent (ab: 10 more than "
        "50; abx: 25 more than 50; drt, mrt: 5)",
    )
    plan.add_argument("--power", type=float, default=0.8, help="(%(default)g)")
    plan.add_argument("--seconds", type=float, help="of a clip (10; ab, abx 6; drt, mrt 1)")
    plan.add_argument("--minutes", type=float, default=20.0, help="of a session (%(default)g)")
    plan.set_defaults(command=run_plan)


def run_build(arguments: argparse.Namespace) -> int:
    """Build a test; the exit status."""
    if arguments.test == "mushra":
        if wrong := [name for name, given in _of_other_tests(arguments).items() if given]:
            print(f"nscbench: {wrong[0]} is not of mushra", file=sys.stderr)
            return BAD_INPUT
        return mushra_build.run_build(arguments)
    from ...listening_test.schema import BuildError

    try:
        return _build(arguments)
    except (BuildError, OSError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT


def _of_other_tests(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "--against": arguments.against,
        "--tie": arguments.tie,
        "--words": arguments.words,
        "--stopping sequential": arguments.stopping != "fixed",
        "--minutes": arguments.minutes,
        "--clip-seconds": arguments.clip_seconds,
        "--listener-parameter": arguments.listener_parameter,
        "--completion-code": arguments.completion_code,
        "--time-limit": arguments.time_limit,
    }


def _build(arguments: argparse.Namespace) -> int:
    from ...listening_test.prepare.configuration import PLAIN, read_configuration
    from ...listening_test.prepare.judged import make_judged_test
    from ...listening_test.prepare.judged_folder import write_judged, write_judged_key
    from ...listening_test.prepare.judged_test import USUAL_MINUTES, Request
    from ...listening_test.prepare.panel import Panel, settled
    from ...listening_test.prepare.player_folder import refuse_foreign
    from ...listening_test.prepare.stopping import Stopping
    from ...listening_test.schema import BuildError

    if arguments.format != "player":
        raise BuildError(f"--format {arguments.format} is of mushra only")
    if arguments.plan:
        raise BuildError("--plan is of mushra only; other tests are split into blocks (--minutes)")
    configuration = read_configuration(arguments.config) if arguments.config else PLAIN
    seconds = arguments.clip_seconds
    request = Request(
        arguments.test,
        tuple(arguments.conditions),
        arguments.items,
        tuple(arguments.mnru or ()),
        arguments.seed,
        arguments.against,
        arguments.tie,
        USUAL_MINUTES if arguments.minutes is None else arguments.minutes,
        (seconds[0], seconds[1]) if seconds else None,
        _manifest(arguments.words),
        Stopping(arguments.stopping == "sequential"),
        *settled(
            Panel(arguments.listener_parameter, arguments.completion_code, arguments.time_limit),
            configuration,
        ),
    )
    test = make_judged_test(arguments.run, request)
    refuse_foreign(arguments.out)
    key = write_judged_key(test, arguments.out)
    write_judged(test, arguments.out)
    for remark in test.remarks:
        print(f"note: {remark}", file=sys.stderr)
    sizes = sorted({len(block) for block in test.blocks})
    blocks = f"{len(test.blocks)} blocks, one a listener" if len(test.blocks) > 1 else "one block"
    against = f"\nagainst: {test.against}" if test.against else ""
    print(
        f"{test.id}: {blocks}, of {' to '.join(map(str, sizes))} trials with their checks; "
        f"{test.rate} Hz\nconditions: {', '.join(test.conditions)}{against}\n"
        f"key: {key} (not for listeners)\n"
        f"open {arguments.out / 'index.html'}, or: nscbench listen serve {arguments.out}"
    )
    return OK


def _manifest(words: str | None) -> Path | None:
    from ..data.items import EMBEDDED

    if words is None:
        return None
    return EMBEDDED[words] / "words.csv" if words == "words" else Path(words)


def run_plan(arguments: argparse.Namespace) -> int:
    """Print what a test needs; the exit status."""
    from ...listening_test.prepare.votes_needed import Plan, votes_needed
    from ...listening_test.schema import ResultsError

    try:
        plan = Plan(
            arguments.test,
            arguments.conditions,
            arguments.items,
            arguments.difference,
            arguments.power,
            arguments.seconds,
            arguments.minutes,
        )
        print("\n".join(votes_needed(plan)))
    except ResultsError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    return OK
