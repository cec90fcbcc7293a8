"""`nscbench mushra build` and `nscbench mushra serve`."""

import argparse
import sys
from pathlib import Path
from typing import Any

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
        "--conditions", nargs="+", default=[], metavar="NAME", help="default: the run's codecs"
    )
    build.add_argument(
        "--items", type=int, metavar="N", help="default: what the test's standard asks for"
    )
    build.add_argument(
        "--format", choices=("player", "webmushra"), default="player", help="default: player"
    )
    build.add_argument(
        "--mnru", nargs="+", type=int, default=[], metavar="Q", help="noise anchors, Q in dB"
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
    from ...listening_test.prepare.key import write_key
    from ...listening_test.prepare.player_folder import refuse_foreign, write_player
    from ...listening_test.prepare.trials import make_test
    from ...listening_test.prepare.webmushra_export import write_webmushra
    from ...listening_test.schema import BuildError

    try:
        test = make_test(
            arguments.run, arguments.conditions, arguments.items, arguments.mnru, arguments.seed
        )
        if arguments.format == "player":
            refuse_foreign(arguments.out)
        key = write_key(test, arguments.out)
        if arguments.format == "player":
            write_player(test, arguments.out)
            use = f"open {arguments.out / 'index.html'}, or: nscbench mushra serve {arguments.out}"
        else:
            path = write_webmushra(test, arguments.out)
            use = f"copy configs/ into a webMUSHRA checkout and open ?config={path.name}"
    except (BuildError, OSError) as error:
        return _refuse(error)
    for remark in test.remarks:
        print(f"note: {remark}", file=sys.stderr)
    signals = len(test.trials[0].stimuli)
    print(
        f"{test.id}: {len(test.trials) - 1} trials and one for training, {signals} signals each, "
        f"{test.rate} Hz\nconditions: {', '.join(test.conditions)}\nkey: {key} (not for listeners)"
        f"\n{use}"
    )
    return OK


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
