"""The `nscbench` command. Only the chosen sub-command is imported, so that `--help` is instant."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__

COMMANDS = {
    "run": ("benchmarks.run_command", "encode, decode and measure a test set with a suite"),
    "list": ("benchmarks.list_command", "codecs, metrics, suites and data sets"),
    "encode": ("benchmarks.file_commands", "encode one recording to a bitstream file"),
    "decode": ("benchmarks.file_commands", "decode a bitstream file"),
    "data": ("benchmarks.data_command", "fetch and check test sets"),
    "compare": ("benchmarks.compare_command", "which condition, codec or run is better"),
    "verify": ("benchmarks.verify_command", "recompute a random part of a run, and compare"),
    "cost": ("benchmarks.cost.command", "what coding takes: time, arithmetic, memory, delay"),
    "cache": ("benchmarks.cache_command", "results that runs share: size, and pruning"),
    "report": ("benchmarks.report_command", "one offline HTML page, figures and tables"),
    "findings": ("benchmarks.findings_command", "answers to the questions of the design space"),
    "doctor": ("benchmarks.doctor_command", "what is installed, what is missing, what is off"),
    "mushra": ("listening_test.command", "make, serve and analyze listening tests"),
    "train": ("codecs.training.command", "train a part of the codecs on speech"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status (0, 1, 2 or 130: see the README)."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="nscbench", description="A benchmark of neural speech codecs."
    )
    parser.add_argument("--version", action="version", version=f"nscbench {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), "")
    module = COMMANDS[chosen][0] if chosen in COMMANDS else ""
    for name, (other, text) in COMMANDS.items():
        if other != module:
            subparsers.add_parser(name, help=text)
    if module:
        import_module(f"nscbench.{module}").add_parser(subparsers)
    arguments = parser.parse_args(words)
    try:
        return int(arguments.command(arguments))
    except KeyboardInterrupt:
        print(
            f"\nnscbench: interrupted; the same command goes on: nscbench {shlex.join(words)}",
            file=sys.stderr,
        )
        return 130


if __name__ == "__main__":
    sys.exit(main())
