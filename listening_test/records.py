"""Records on disk: appended and flushed to it before anyone is told that they are safe.

A file has one JSON object a line, each under an id of its own. Appending one that is there already
is no error and no second line, so that a sender may try again until it hears an answer. A process
that was killed while it wrote leaves at most half a line, which nobody was told is safe: it is cut
off when the file is opened again.
"""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any


class RecordsError(ValueError):
    """A file of records cannot be used: the message says why."""


class Conflict(ValueError):
    """A record with this id, and other content, is there already."""


class Records:
    """One file, open to this process alone until it is closed."""

    def __init__(self, path: Path, identify: Callable[[Mapping[str, Any]], str]) -> None:
        """Open or make the file; `identify` gives the id of a record.

        Raises:
            RecordsError: another process has it open, it cannot be written, or holds other things.
        """
        self.path = path
        self._identify = identify
        self._turn = Lock()
        try:
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise RecordsError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._known = self._recover()
            _sync_folder(path.parent)
        except BlockingIOError as error:
            self._file.close()
            raise RecordsError(f"{path}: another server writes to it") from error
        except RecordsError:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._known)

    def append(self, record: Mapping[str, Any]) -> None:
        """Store a record; it is on the disk when this returns.

        Raises:
            Conflict: another record has its id.
            OSError: the disk is full or gone; nothing of the record is kept.
        """
        # ASCII: a comment cut within an emoji holds half a surrogate pair, which UTF-8 cannot
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        name, digest = self._identify(record), _digest(record)
        with self._turn:
            if name in self._known:
                if self._known[name] != digest:
                    raise Conflict(f"the record {name} is already there, with other content")
                return
            end = self._file.seek(0, os.SEEK_END)
            try:
                self._write(line)
            except OSError:
                self._file.truncate(end)
                raise
            self._known[name] = digest

    def close(self) -> None:
        """Let other processes have the file."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[self._file.write(left) :]
        os.fsync(self._file.fileno())

    def _recover(self) -> dict[str, bytes]:
        """Digests by id of what is there; half a line at the end is cut off."""
        self._file.seek(0)
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            self._file.truncate(whole)
        known = {}
        for number, line in enumerate(content[:whole].splitlines(), 1):
            try:
                record = json.loads(line)
                known[self._identify(record)] = _digest(record)
            except (ValueError, KeyError, TypeError) as error:
                raise RecordsError(
                    f"{self.path}, line {number}: not one of our records ({error!r}); "
                    "move the file away and start again"
                ) from error
        return known


def _digest(record: Mapping[str, Any]) -> bytes:
    return blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=16).digest()


def _sync_folder(folder: Path) -> None:
    """A new file's name must survive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
