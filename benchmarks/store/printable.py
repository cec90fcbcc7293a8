"""Text of other people as a terminal may get it."""

import re
from collections.abc import Sequence

# C0 and C1 controls but for tab and line feed, half characters, and what turns the direction of
# writing: they move cursors, retitle windows, or show another text than there is
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

_NAMED = 3


def printable(text: str) -> str:
    """The text with its control characters as escapes, such as `\\x1b`, and bytes of a file's name
    that are no text as `\\xe9`; twice is the same."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # Python's stand-in for a byte
        return f"\\x{ord(character) - 0xDC00:02x}"
    return ascii(character)[1:-1]


def file_fault(error: OSError) -> str:
    """A file and what is wrong with it; the second alone where the system names no file."""
    named = (error.filename, error.strerror or str(error))
    return printable(": ".join(str(part) for part in named if part))


def some(names: Sequence[str]) -> str:
    """The first names of many, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
