"""What a run has finished: an append-only log that survives `kill -9`.

One JSON object per line, flushed to the disk before the work counts as done. Each record has a
`key`: a digest of everything that decides its result (codec, weights, item, draw, metric
version), so that a record is valid as long as its key is asked for, and a changed checkpoint or
metric never returns an old value. Failures are never recorded: they are tried again.

Records stay on the disk. An index says where each begins: a temporary SQLite database, of which a
few megabytes are in memory whatever the length of the log. It is made anew from the log every time,
so that it never contradicts it.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Record = Mapping[str, Any]
Find = Callable[[str], Record | None]  # what is known under a key

_INDEX = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE place (key TEXT PRIMARY KEY, start INTEGER, size INTEGER) WITHOUT ROWID;
BEGIN;
"""  # the transaction never ends: nobody else sees this database
_PUT = "INSERT OR REPLACE INTO place VALUES (?, ?, ?)"
_GET = "SELECT start, size FROM place WHERE key = ?"


def key_of(*parts: object) -> str:
    """Digest of the `repr` of what decides a result."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


class Journal:
    """The log of one run; `with Journal(path) as journal`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a+b", buffering=0)
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.executescript(_INDEX)
        self._end = 0
        damaged = 0
        for line in self._lines():
            key = _key(line)
            if key is None:
                damaged += 1
            else:
                self._index.execute(_PUT, (key, self._end, len(line)))
            self._end += len(line)
        if damaged:
            print(f"{path}: {damaged} lines are damaged; their work is done again", file=sys.stderr)
        self._file.truncate(self._end)

    def _lines(self) -> Iterator[bytes]:
        """The whole lines: a killed process leaves at most one torn one."""
        with self._path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line

    def get(self, key: str) -> Record | None:
        """The record of this key, if the work is done."""
        place = self._index.execute(_GET, (key,)).fetchone()
        if place is None:
            return None
        start, size = place
        record: dict[str, Any] = json.loads(os.pread(self._file.fileno(), size, start))
        del record["key"]
        return record

    def append(self, records: Mapping[str, Record]) -> None:
        """Record finished work, by key, durably: all of it with one write.

        Raises:
            OSError: with the path, when the disk is full or fails; nothing of it is recorded.
        """
        lines = [
            (key, json.dumps({"key": key, **record}, ensure_ascii=False).encode() + b"\n")
            for key, record in records.items()
        ]
        try:
            self._write(b"".join(line for _, line in lines))
            os.fsync(self._file.fileno())
        except OSError as error:  # a full disk has no name of its own
            self._file.truncate(self._end)  # what comes next begins on a line of its own
            raise OSError(error.errno, error.strerror, str(self._path)) from error
        for key, line in lines:
            self._index.execute(_PUT, (key, self._end, len(line)))
            self._end += len(line)

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:  # a disk that fills up takes a part, and fails at the next call
            rest = rest[self._file.write(rest) :]

    def __len__(self) -> int:
        count: int = self._index.execute("SELECT count(*) FROM place").fetchone()[0]
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._index.close()
        self._file.close()


def _key(line: bytes) -> str | None:
    """The key of a record; None if the line holds none."""
    try:
        key = json.loads(line)["key"]
    except (ValueError, KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None
