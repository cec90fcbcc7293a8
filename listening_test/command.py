"""`nscbench mushra`: build, serve, analyze and plan listening tests."""

from typing import Any

from . import analyze_command, build_command


def add_parser(subparsers: Any) -> None:
    """Add `nscbench mushra` and its actions."""
    parser = subparsers.add_parser("mushra", help="make, serve and analyze listening tests")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    build_command.add_parsers(actions)
    analyze_command.add_parsers(actions)
