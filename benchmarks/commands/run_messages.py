"""What a run says: messages that differ only in names and numbers are one line."""

import re
from collections.abc import Iterable, Sequence

SHOWN = 20  # faults of a test set

_VARYING = re.compile(r"\S*/\S*|(?<![\w-])[-+]?\d+(?:[.,]\d+)*")  # paths, and numbers not in names


def grouped(messages: Iterable[tuple[str, str]]) -> list[str]:
    """A line for all items whose messages are alike, from pairs of item and message."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item, message in messages:
        own = re.sub(rf"(?<!\w){re.escape(item)}(?!\w)", "#", message)
        groups.setdefault(_VARYING.sub("#", own), []).append((item, message))
    return [_line(group) for group in groups.values()]


def shown_faults(problems: Sequence[str], source: str) -> list[str]:
    """The first faults of a test set, and how to see the rest."""
    rest = len(problems) - SHOWN
    if rest <= 0:
        return list(problems)
    return [
        *problems[:SHOWN],
        f"... and {rest} more: `nscbench data check {source}` lists them all",
    ]


def _line(group: Sequence[tuple[str, str]]) -> str:
    items = list(dict.fromkeys(item for item, _ in group))
    messages = list(dict.fromkeys(message for _, message in group))
    names = items[0] + (", ..." if len(items) > 1 else "")
    alike = " (the others differ in names and numbers)" if len(messages) > 1 else ""
    return f"{len(items)} items ({names}): {messages[0]}{alike}"
