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
from typing import IO, Any, Self

from .received import open_within
from .run_directory import RunError

Record = Mapping[str, Any]
Find = Callable[[str], Record | None]  # what is known under a key

_INDEX = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE place (key TEXT PRIMARY KEY, start INTEGER, size INTEGER) WITHOUT ROWID;
BEGIN;
"""  # the transaction never ends: nobody else sees this database
_BEGINNING = b'{"key": "'  # of every line
LONGEST = 1 << 20  # bytes of a record, many times what one has
_PUT = "INSERT OR REPLACE INTO place VALUES (?, ?, ?)"
_GET = "SELECT start, size FROM place WHERE key = ?"


def key_of(*parts: object) -> str:
    """Digest of the `repr` of what decides a result."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


class RecordedWork:
    """The log of a run, as it is: `with RecordedWork(directory.root, path) as work`.

    Nothing is written, not even where the log is damaged.

    Attributes:
        conditions: that its records name.
        damaged: how many whole lines hold no record.
        torn: is the last line none? A process was killed, or the file was cut.

    Raises:
        RunError: it is no regular file within the run, or too large.
        OSError: it is missing or cannot be read.
    """

    def __init__(self, root: Path, path: Path) -> None:
        self._take(path, open_within(root, path))

    def _take(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.executescript(_INDEX)
        self._end = self.damaged = 0
        self.torn = False
        self.conditions: set[str] = set()
        with os.fdopen(os.dup(file.fileno()), "rb") as buffered:
            for line, size, ended in log_lines(buffered):
                if not ended:
                    self.torn = True
                    break
                record = record_of(line)
                if record is None:
                    self.damaged += 1
                else:
                    self._index.execute(_PUT, (record["key"], self._end, size))
                    self._name(record)
                self._end += size

    def _name(self, record: Record) -> None:
        if isinstance(condition := record.get("condition"), str):
            self.conditions.add(condition)

    def get(self, key: str) -> Record | None:
        """The record of this key, if the work is done."""
        place = self._index.execute(_GET, (key,)).fetchone()
        if place is None:
            return None
        start, size = place
        record: dict[str, Any] = json.loads(os.pread(self._file.fileno(), size, start))
        del record["key"]
        return record

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


class Journal(RecordedWork):
    """The log of a run that this process writes; `with Journal(path) as journal`.

    Raises:
        RunError: it is a link, no regular file, or not the log of a run.
    """

    def __init__(self, path: Path) -> None:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise RunError(f"{path}: is no regular file, so no run made it; choose another --out")
        self._take(path, path.open("a+b", buffering=0))
        if not len(self) and not self._may_be_ours():
            self.__exit__(None, None, None)
            raise RunError(f"{path}: holds no record of a run; choose another --out")
        if self.damaged:
            print(
                f"{path}: {self.damaged} lines are damaged; their work is done again",
                file=sys.stderr,
            )
        if self.torn:
            self._file.truncate(self._end)

    def _may_be_ours(self) -> bool:
        """Is it empty, or was the very first record torn?"""
        begun = os.pread(self._file.fileno(), len(_BEGINNING), 0)
        return not self.damaged and _BEGINNING.startswith(begun)

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
        for record in records.values():
            self._name(record)

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:  # a disk that fills up takes a part, and fails at the next call
            rest = rest[self._file.write(rest) :]


def log_lines(file: IO[bytes]) -> Iterator[tuple[bytes, int, bool]]:
    """Each line, its size, and whether it is ended; of one too long for a record, a part alone."""
    file.seek(0)
    while line := file.readline(LONGEST + 1):
        size, end = len(line), line
        while not end.endswith(b"\n") and (end := file.readline(LONGEST)):
            size += len(end)
        yield line, size, end.endswith(b"\n")


def record_of(line: bytes) -> dict[str, Any] | None:
    """The record of a line, its `key` in it; None if it holds none."""
    if len(line) > LONGEST:
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("key"), str):
        return None
    return record
