"""Which session of a plan the next listener gets: the one that has been rated least.

Of sessions with equally many finished trials, the one that was handed out least often comes first:
those who are at it have not sent anything yet, and those who only looked never will.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any


class Turns:
    """Sessions 1 to `sessions` of a plan; every method may be called by any thread."""

    def __init__(self, sessions: int, kept: Path) -> None:
        """`kept` is a file of records, an object a line, of which no line is damaged."""
        self.sessions = sessions
        self._finished: dict[int, set[str]] = {n: set() for n in range(1, sessions + 1)}
        self._handed: Counter[int] = Counter()
        self._lock = Lock()
        if sessions:
            for line in kept.read_bytes().splitlines():
                self.saw(json.loads(line))

    def saw(self, record: Mapping[str, Any]) -> None:
        """Count a record that is kept; the same one again counts once."""
        plan = record.get("plan")
        finished = record.get("complete", True) and not record.get("training")
        if isinstance(plan, int) and plan in self._finished and finished:
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
