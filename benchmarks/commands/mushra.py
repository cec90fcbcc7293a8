"""`nscbench mushra`: build, serve, analyze and plan listening tests."""

from typing import Any

from . import mushra_analyze, mushra_build


def add_parser(subparsers: Any) -> None:
    """Add `nscbench mushra` and its actions."""
    parser = subparsers.add_parser("mushra", help="make, serve and analyze listening tests")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    mushra_build.add_parsers(actions)
    mushra_analyze.add_parsers(actions)
