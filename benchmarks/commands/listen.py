"""`nscbench listen`: listening tests of every type, and what metrics are worth beside them."""

from typing import Any

from . import listen_analyze, listen_build, listen_validity


def add_parser(subparsers: Any) -> None:
    """Add `nscbench listen` and its actions."""
    parser = subparsers.add_parser(
        "listen", help="listening tests of every type, and metrics held to them"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listen_build.add_parsers(actions)
    listen_analyze.add_parsers(actions)
    listen_validity.add_parsers(actions)
