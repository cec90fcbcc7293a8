"""`nscbench mushra build` and `nscbench mushra serve`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...listening_test.prepare.trials import ListeningTest

OK, BAD_INPUT = 0, 2


def add_parsers(subparsers: Any) -> None:
    """Add `build` and `serve` to the sub-commands of `nscbench mushra`."""
    build = subparsers.add_parser("build", help="make a listening test from a run")
    add_build_arguments(build)
    build.set_defaults(command=run_build)
    add_serve(subparsers)


def add_build_arguments(build: argparse.ArgumentParser) -> None:
    """Add what every listening test is built from."""
    build.add_argument("run", type=Path, help="directory of the run")
    build.add_argument("--out", type=Path, required=True, help="folder of the test")
    build.add_argument(
        "--conditions",
        nargs="+",
        default=[],
        metavar="NAME",
        help="to be judged; all for every codec, which is the default of other tests than mushra; "
        "default: at most five that represent the run",
    )
    items = build.add_mutually_exclusive_group()
    items.add_argument(
        "--items", type=int, metavar="N", help="default: what the standard asks for and time holds"
    )
    items.add_argument(
        "--plan", type=Path, metavar="FILE", help="mushra: who rates what, of mushra plan --out"
    )
    build.add_argument(
        "--format", choices=("player", "webmushra"), default="player", help="default: player"
    )
    build.add_argument(
        "--mnru", nargs="+", type=int, metavar="Q", help="noise anchors beside the others, Q in dB"
    )
    build.add_argument(
        "--config", type=Path, metavar="FILE", help="texts, consent, questions, requirements: TOML"
    )
    build.add_argument("--seed", type=int, default=0)


def add_serve(subparsers: Any) -> None:
    """Add `serve`, which serves a test of any type."""
    serve = subparsers.add_parser("serve", help="serve a listening test and keep its results")
    serve.add_argument("folder", type=Path, metavar="DIR", help="folder of the test")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address; any but this machine's own gets a token"
    )
    serve.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    serve.set_defaults(command=run_serve)


def run_build(arguments: argparse.Namespace) -> int:
    """Build a test; the exit status."""
    from ...listening_test.prepare.configuration import PLAIN, read_configuration
    from ...listening_test.prepare.key import write_key
    from ...listening_test.prepare.player_folder import refuse_foreign, write_player
    from ...listening_test.prepare.session_plan import read_plan
    from ...listening_test.prepare.trials import make_test
    from ...listening_test.prepare.webmushra_export import write_webmushra
    from ...listening_test.schema import BuildError

    try:
        if (arguments.plan or arguments.config) and arguments.format == "webmushra":
            raise BuildError("--plan and --config are for our player; webMUSHRA has pages to edit")
        config = read_configuration(arguments.config) if arguments.config else PLAIN
        test = make_test(
            arguments.run,
            arguments.conditions,
            arguments.items,
            arguments.mnru,
            arguments.seed,
            read_plan(arguments.plan) if arguments.plan else None,
        )
        if arguments.format == "player":
            refuse_foreign(arguments.out)
        key = write_key(test, arguments.out, config)
        if arguments.format == "player":
            write_player(test, arguments.out, config)
            use = f"open {arguments.out / 'index.html'}, or: nscbench mushra serve {arguments.out}"
        else:
            path = write_webmushra(test, arguments.out)
            use = f"copy configs/ into a webMUSHRA checkout and open ?config={path.name}"
    except (BuildError, OSError) as error:
        return _refuse(error)
    for remark in test.remarks:
        print(f"note: {remark}", file=sys.stderr)
    print(f"{_described(test)}\nkey: {key} (not for listeners)\n{use}")
    return OK


def _described(test: "ListeningTest") -> str:
    """What was built, and how long it takes."""
    from ...listening_test.prepare.duration import SECONDS_PER_SIGNAL, SESSION_MINUTES

    each = f"{test.rated} trials and one for training"
    if test.sessions:
        total = len(test.trials) - 1
        each = f"{len(test.sessions)} sessions of {test.rated} of {total} trials, training first"
    long = test.minutes > SESSION_MINUTES
    return (
        f"{test.id}: {each}, {test.signals} signals each, {test.rate} Hz\n"
        f"about {test.minutes:.0f} minutes a listener: {test.rated + 1} trials x {test.signals} "
        f"signals x {SECONDS_PER_SIGNAL:.0f} s"
        + (f"; more than {SESSION_MINUTES:.0f}: --plan shares it out" * long)
        + f"\nconditions: {', '.join(test.conditions)}"
    )


def run_serve(arguments: argparse.Namespace) -> int:
    """Serve a test until interrupted; the exit status."""
    from ...listening_test.schema import BuildError
    from ...listening_test.serve.records import RecordsError
    from ...listening_test.serve.server import serve

    try:
        serve(arguments.folder, arguments.host, arguments.port)
    except (BuildError, RecordsError, OSError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        print("stopped; every rating that arrived is kept")
    return OK


def _refuse(error: Exception) -> int:
    print(f"nscbench: {error}", file=sys.stderr)
    return BAD_INPUT
