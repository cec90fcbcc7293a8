"""Who has begun a test, and which block they take.

A new session gets the block that has the fewest answers so far; of those, the one that was given to
the fewest sessions. So every clip is heard about equally often, and exactly so where all listeners
finish. Where the test's panel names its listeners in the link, each of them has one session.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any


class Taken(ValueError):
    """This listener has another session."""


class Attendance:
    """Sessions of one test, by several threads."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        """Of a described test; MUSHRA's has one block, and anonymous listeners."""
        self._blocks = range(len(description.get("blocks", [[]])))
        self._named = bool(description.get("panel", {}).get("parameter"))
        self._given: dict[str, int] = {}  # block, by session
        self._answered: set[tuple[str, str]] = set()  # session and trial
        self._answers: Counter[int] = Counter()  # by block
        self._sessions: dict[str, str] = {}  # by listener
        self._turn = Lock()

    def read(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take what was kept before a restart."""
        for record in records:
            self.note(record)

    def begin(self, listener: str, session: str) -> int:
        """The block of a session, which may ask again.

        Raises:
            Taken: the listener has another session.
        """
        with self._turn:
            self._admit(listener, session)
            if session not in self._given:
                offers = Counter(self._given.values())
                self._given[session] = min(
                    self._blocks, key=lambda block: (self._answers[block], offers[block])
                )
            return self._given[session]

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
            self._sessions.setdefault(str(record.get("listener", "")), session)
            if not isinstance(block, int):
                return
            self._given.setdefault(session, block)
            answered = session, str(record.get("trial", ""))
            if record.get("complete", True) and not record.get("training"):
                self._answers[block] += answered not in self._answered
                self._answered.add(answered)

    def _admit(self, listener: str, session: str) -> None:
        if self._named and self._sessions.setdefault(listener, session) != session:
            raise Taken(
                f"listener {listener} has begun this test in another session; one is taken of each"
            )
