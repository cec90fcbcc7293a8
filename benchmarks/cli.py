"""The `nscbench` command. Only the chosen sub-command is imported, so that `--help` is instant."""

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from .. import __version__
from .terminal import ClosedPipe, open_output

COMMANDS = {
    "run": ("benchmarks.commands.run", "encode, decode and measure a test set with a suite"),
    "score": ("benchmarks.commands.score", "metrics of files that exist already"),
    "list": ("benchmarks.commands.list", "codecs, metrics, suites and data sets"),
    "encode": ("benchmarks.commands.encode_decode", "encode one recording to a bitstream file"),
    "decode": ("benchmarks.commands.encode_decode", "decode a bitstream file"),
    "data": ("benchmarks.commands.data", "fetch and check test sets"),
    "weights": ("benchmarks.commands.weights", "fetch and check the weights that others publish"),
    "compare": ("benchmarks.commands.compare", "which condition, codec or run is better"),
    "verify": ("benchmarks.commands.verify", "recompute a random part of a run, and compare"),
    "cost": ("benchmarks.commands.cost", "what coding takes: time, arithmetic, memory, delay"),
    "cache": ("benchmarks.commands.cache", "results that runs share: size, and pruning"),
    "report": ("benchmarks.commands.report", "one offline HTML page, figures and tables"),
    "site": ("benchmarks.commands.site", "many runs as a static site: leaderboard, codecs, export"),
    "findings": ("benchmarks.commands.findings", "answers to the questions of the design space"),
    "doctor": ("benchmarks.commands.doctor", "what is installed, what is missing, what is off"),
    "mushra": ("benchmarks.commands.mushra", "make, serve and analyze listening tests"),
    "listen": (
        "benchmarks.commands.listen",
        "make, serve and analyze listening tests of every type; metrics held to them",
    ),
    "train": ("benchmarks.commands.train", "train a part of the codecs on speech"),
}


class _Parser(argparse.ArgumentParser):
    """Says of a word that is no choice which choice is most like it."""

    def error(self, message: str) -> NoReturn:
        if found := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message):
            from ..metrics.machinery.names import nearest

            if near := nearest(found[1], re.findall(r"[\w.-]+", found[2])):
                message += f"; did you mean {near}?"
        super().error(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status (0, 1, 2 or 130: see docs/runs.md)."""
    if argv is None:
        open_output()
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = parse(words)
    try:
        status = int(arguments.command(arguments))
        if sys.stdout:
            sys.stdout.flush()  # a closed pipe may show here only
        return status
    except KeyboardInterrupt:
        print(
            f"\nnscbench: interrupted; the same command goes on: nscbench {shlex.join(words)}",
            file=sys.stderr,
        )
        return 130
    except ClosedPipe:
        raise
    except SystemExit as error:  # of a plug-in: its status is not ours, and 0 would be a lie
        print(f"nscbench: a plug-in ended the command: sys.exit({error.code!r})", file=sys.stderr)
        return 2


def parse(words: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; its `command` is the function to call.

    Raises:
        SystemExit: with status 2 where the command line does not take these words.
    """
    parser = _Parser(prog="nscbench", description="A benchmark of neural speech codecs.")
    parser.add_argument("--version", action="version", version=f"nscbench {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), "")
    module = COMMANDS[chosen][0] if chosen in COMMANDS else ""
    for name, (other, text) in COMMANDS.items():
        if other != module:
            subparsers.add_parser(name, help=text)
    if module:
        import_module(f"nscbench.{module}").add_parser(subparsers)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
