"""`nscbench listen`: build, serve and plan listening tests of every type."""

from typing import Any

from . import listen_build


def add_parser(subparsers: Any) -> None:
    """Add `nscbench listen` and its actions."""
    parser = subparsers.add_parser("listen", help="listening tests of every type")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listen_build.add_parsers(actions)
