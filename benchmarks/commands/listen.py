"""`nscbench listen`: listening tests beyond MUSHRA, and what metrics are worth."""

from typing import Any

from . import listen_validity


def add_parser(subparsers: Any) -> None:
    """Add `nscbench listen` and its actions."""
    parser = subparsers.add_parser("listen", help="listening tests, and metrics held against them")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listen_validity.add_parsers(actions)
