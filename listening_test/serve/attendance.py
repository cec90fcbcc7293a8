"""Who has begun a test, and which block they take.

A new session gets the block that the fewest sessions have. One counts whole while it goes on, and
once it is finished; when nothing has come of it for an hour, only its finished trials count. So
every clip is heard about equally often, and exactly so where all listeners finish. Where the test's
panel names its listeners in the link, each of them has one session.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

SILENT_SECONDS = 3600.0  # after them, a listener is taken for gone


def is_finished(record: Mapping[str, Any]) -> bool:
    """Is this record a rated trial that was finished, and no draft or training?"""
    return bool(record.get("complete", True) and not record.get("training"))


class Taken(ValueError):
    """This listener has another session."""


@dataclass
class _Session:
    """One session: its block, what it has finished of it, and when it was last heard of."""

    block: int
    seen: float
    finished: set[str] = field(default_factory=set)


class Attendance:
    """Sessions of one test, by several threads."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        """Of a described test; MUSHRA's has one block, and anonymous listeners."""
        self._sizes = [len(block) for block in description.get("blocks", [[]])]
        self._named = bool(description.get("panel", {}).get("parameter"))
        self._known: dict[str, _Session] = {}
        self._sessions: dict[str, str] = {}  # by listener
        self._turn = Lock()

    def read(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take what was kept before a restart."""
        for record in records:
            self.note(record)
        for session in self._known.values():
            session.seen -= SILENT_SECONDS  # whoever goes on is heard of again

    def begin(self, listener: str, session: str) -> int:
        """The block of a session, which may ask again.

        Raises:
            Taken: the listener has another session.
        """
        with self._turn:
            self._admit(listener, session)
            if session not in self._known:
                taken = self._taken()
                self._known[session] = _Session(taken.index(min(taken)), time.monotonic())
            return self._known[session].block

    def _taken(self) -> list[float]:
        """How many sessions each block has."""
        now, taken = time.monotonic(), [0.0] * len(self._sizes)
        for one in self._known.values():
            gone = now - one.seen >= SILENT_SECONDS
            share = len(one.finished) / max(1, self._sizes[one.block])
            taken[one.block] += share if gone else 1.0
        return taken

    def check(self, record: Mapping[str, Any]) -> None:
        """Refuse a record of a listener who has another session.

        Raises:
            Taken: there is one.
        """
        with self._turn:
            self._admit(str(record["listener"]), str(record["session"]))

    def note(self, record: Mapping[str, Any]) -> None:
        """A record was kept."""
        session, block = str(record.get("session", "")), record.get("block")
        with self._turn:
            self._sessions.setdefault(str(record.get("listener", "")).strip(), session)
            if not isinstance(block, int) or block >= len(self._sizes):
                return
            now = time.monotonic()
            known = self._known.setdefault(session, _Session(block, now))
            known.seen = now
            if is_finished(record):
                known.finished.add(str(record.get("trial", "")))

    def _admit(self, listener: str, session: str) -> None:
        if self._named and self._sessions.setdefault(listener.strip(), session) != session:
            raise Taken(
                f"listener {listener} has begun this test in another session; one is taken of each"
            )
