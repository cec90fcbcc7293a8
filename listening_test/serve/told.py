"""What an experimenter is told while a test is served: a line each on the error output."""

import sys

from ..schema import visible

_LONGEST = 500  # characters


def tell(kind: str, text: str) -> None:
    """Say it at once, on one line whatever was sent."""
    print(f"{kind}: {visible(text[:_LONGEST])}", file=sys.stderr, flush=True)
