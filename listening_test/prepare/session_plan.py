"""Who rates which items, in which order: a CSV file that planning writes and building reads.

    listener,position,item
    1,1,4
    1,2,7

An item is a number from 1, which the build gives to the items that it chooses, or the id of one of
the run's. A session is one listener's line-up: the player takes one of them for each listener.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..schema import BuildError

COLUMNS = ("listener", "position", "item")
MOST_SESSIONS = 10_000
_LARGEST = 10 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class SessionPlan:
    """Items of each session, in the order of its trials."""

    sessions: tuple[tuple[str, ...], ...]

    @property
    def items(self) -> list[str]:
        """Every item once, in the order in which numbers or names sort."""
        found = {item for session in self.sessions for item in session}
        return sorted(found, key=lambda item: (int(item), "") if item.isdecimal() else (0, item))

    @property
    def is_numbered(self) -> bool:
        """Are the items the numbers from 1 on, for the build to give?"""
        return self.items == [str(number) for number in range(1, len(self.items) + 1)]

    def named(self, names: Sequence[str]) -> "SessionPlan":
        """The same of these names in place of the items, in the order of `items`."""
        by_item = dict(zip(self.items, names, strict=True))
        return SessionPlan(tuple(tuple(map(by_item.__getitem__, s)) for s in self.sessions))


def plan_table(sessions: Sequence[Sequence[str]]) -> str:
    """The file of these sessions."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for listener, items in enumerate(sessions, 1):
        writer.writerows([listener, position, item] for position, item in enumerate(items, 1))
    return buffer.getvalue()


def read_plan(path: Path) -> SessionPlan:
    """The plan in a file.

    Raises:
        BuildError: it cannot be read, is none, or has a session with one item twice.
    """
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise BuildError(
                f"{path} is no file of a plan; `nscbench mushra plan --out` writes one"
            )
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BuildError(f"{path} cannot be read as a plan: {error}") from error
    found: dict[str, dict[int, str]] = {}
    for number, row in enumerate(rows, 2):
        listener, position, item = ((row.get(name) or "").strip() for name in COLUMNS)
        if not (listener and item and position.isdecimal()):
            raise BuildError(
                f"{path}, line {number}: a plan has the columns {', '.join(COLUMNS)}, and a "
                "position is a whole number"
            )
        session = found.setdefault(listener, {})
        if int(position) in session or item in session.values():
            raise BuildError(f"{path}, line {number}: listener {listener} has this one twice")
        session[int(position)] = item
    if not 1 <= len(found) <= MOST_SESSIONS:
        raise BuildError(f"{path} has {len(found)} listeners; a plan has 1 to {MOST_SESSIONS}")
    return SessionPlan(tuple(tuple(s[place] for place in sorted(s)) for s in found.values()))
