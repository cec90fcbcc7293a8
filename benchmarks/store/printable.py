"""Text of other people as a terminal may get it."""

import re
from collections.abc import Sequence

# C0 and C1 controls but for tab and line feed, half characters, and what turns the direction of
# writing: they move cursors, retitle windows, or show another text than there is
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

_NAMED = 3


def printable(text: str) -> str:
    """The text with its control characters as escapes, such as `\\x1b`; twice is the same."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


def some(names: Sequence[str]) -> str:
    """The first names of many, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
