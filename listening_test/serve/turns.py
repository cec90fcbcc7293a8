"""Which session of a plan the next listener gets: the one that has been rated least.

Of sessions with equally many finished trials, the one that was handed out least often comes first:
those who are at it have not sent anything yet, and those who only looked never will.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from .attendance import is_finished


class Turns:
    """Sessions 1 to `sessions` of a plan; every method may be called by any thread."""

    def __init__(self, sessions: int) -> None:
        self.sessions = sessions
        self._finished: dict[int, set[str]] = {n: set() for n in range(1, sessions + 1)}
        self._handed: Counter[int] = Counter()
        self._lock = Lock()

    def read(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take what was kept before a restart."""
        for record in records:
            self.note(record)

    def note(self, record: Mapping[str, Any]) -> None:
        """A record was kept; the same one again counts once."""
        plan = record.get("plan")
        if isinstance(plan, int) and plan in self._finished and is_finished(record):
            with self._lock:
                self._finished[plan].add(f"{record.get('listener')}/{record.get('trial')}")

    def next(self) -> int:
        """The session for who comes now."""
        with self._lock:
            turn = min(
                self._finished,
                key=lambda n: (len(self._finished[n]), self._handed[n], n),
            )
            self._handed[turn] += 1
            return turn
