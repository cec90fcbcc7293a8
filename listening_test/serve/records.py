"""Records on disk: appended and flushed to it before anyone is told that they are safe.

A file has one JSON object a line, each under an id of its own. Appending one that is there already
is no error and no second line, so that a sender may try again until it hears an answer. A process
that was killed while it wrote leaves at most half a line, which nobody was told is safe: when the
file is opened again it is moved to a file beside it, FILE.torn, so that nothing is deleted. A last
line that lacks nothing but its end gets it.

Somebody may move, delete or edit the file while we have it open. A record that is written to a
file without a name is lost, though its sender was told that it is safe. So before and after every
record we look whether the name still leads to our file, as we left it. If not, what our file has is
written to the one that has the name now, made anew if need be; until that succeeds, no record is
confirmed.
"""

import fcntl
import json
import os
import stat
from collections import deque
from collections.abc import Callable, Mapping
from hashlib import blake2b
from io import FileIO, RawIOBase
from pathlib import Path
from threading import Lock
from typing import Any


class RecordsError(ValueError):
    """A file of records cannot be used: the message says why."""


class Conflict(ValueError):
    """A record with this id, and other content, is there already."""


class Records:
    """One file, open to this process alone until it is closed.

    Attributes:
        remarks: what had to be mended in the file, for a human; whoever reads one takes it out.
    """

    def __init__(self, path: Path, identify: Callable[[Mapping[str, Any]], str]) -> None:
        """Open or make the file; `identify` gives the id of a record.

        Raises:
            RecordsError: another process has it open, it cannot be written, or holds other things.
        """
        self.path = path
        self._identify = identify
        self._turn = Lock()
        self._end = 0  # bytes that are ours
        self._undo_to: int | None = None  # end of the last record, where half a one follows it
        self.remarks: deque[str] = deque()
        self._file = self._opened()
        try:
            self._known = self._recover()
        except OSError as error:
            self._file.close()
            raise RecordsError(f"{path}: cannot be mended: {error.strerror}") from error
        except RecordsError:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._known)

    def read(self) -> list[dict[str, Any]]:
        """Every record in the file."""
        with self._turn:
            self._file.seek(0)
            return [json.loads(line) for line in self._file.read().splitlines() if line.strip()]

    def append(self, record: Mapping[str, Any]) -> None:
        """Store a record; it is on the disk when this returns.

        Raises:
            Conflict: another record has its id.
            OSError: the disk is full or gone, or the file was replaced by one that is not ours; the
                record is not kept, or it is with the others once the file is back.
            ValueError: NaN or infinity, which JSON does not have; nothing is kept.
        """
        # ASCII: a comment cut within an emoji holds half a surrogate pair, which UTF-8 cannot
        line = json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        name, digest = self._identify(record), _digest(record)
        with self._turn:
            self._follow()
            if name in self._known:
                if self._known[name] != digest:
                    raise Conflict(f"the record {name} is already there, with other content")
                return
            self._undo()
            try:
                _write(self._file, line)
            except OSError:
                self._undo_to = self._end
                self._undo()
                raise
            self._end += len(line)
            self._follow()  # moved a moment ago?
            self._known[name] = digest

    def close(self) -> None:
        """Let other processes have the file."""
        self._file.close()

    def _undo(self) -> None:
        """Remove what a failed write left; until that succeeds, nothing is written behind it."""
        if self._undo_to is not None:
            self._file.truncate(self._undo_to)
            self._undo_to = None

    def _opened(self) -> FileIO:
        """The file that has the name, made if need be, for this process alone.

        Raises:
            RecordsError: another process has it open, or it cannot be written.
        """
        try:
            file = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise RecordsError(f"{self.path}: cannot be written: {error.strerror}") from error
        try:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(None, "it is not a regular file")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sync_folder(self.path.parent)
        except BlockingIOError as error:
            file.close()
            raise RecordsError(f"{self.path}: another server writes to it") from error
        except OSError as error:
            file.close()
            raise RecordsError(f"{self.path}: cannot be written: {error.strerror}") from error
        return file

    def _follow(self) -> None:
        """Have every record in the file that has the name now.

        Raises:
            OSError: what is there cannot be written, or is not ours; we keep the file that we had.
        """
        try:
            if not self._has_the_name():
                self._move()
            elif self._undo_to is None and os.fstat(self._file.fileno()).st_size != self._end:
                self._known = self._recover()
                self.remarks.append(
                    f"{self.path} was changed by somebody else: it has {len(self)} records now"
                )
        except RecordsError as error:
            self._end = -1  # read it again, should it come back
            raise OSError(None, str(error)) from error

    def _has_the_name(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self.path.stat())
        except OSError:
            return False

    def _move(self) -> None:
        """Take the file that has the name for ours, and write what ours had to it."""
        former, known = self._file, self._known
        former.seek(0)
        lines = former.read()[: self._undo_to].splitlines(keepends=True)
        self._file = self._opened()
        try:
            there = self._recover()
            lacking = [line for line in lines if self._lacks(there, line)]
            _write(self._file, b"".join(lacking))
            self._known = self._recover()
        except (OSError, RecordsError):
            self._file.close()
            self._file, self._known, self._end = former, known, -1
            raise
        former.close()
        self._undo_to = None
        self.remarks.append(
            f"{self.path} was moved, deleted or replaced: {len(lacking)} records that it lacked "
            "are written to it"
        )

    def _lacks(self, known: Mapping[str, bytes], line: bytes) -> bool:
        """Is this line a record that is not among these?"""
        try:
            return self._identify(json.loads(line)) not in known
        except (ValueError, KeyError, TypeError):
            return False

    def _recover(self) -> dict[str, bytes]:
        """The digest of every record in the file, by id; its end is mended, and noted.

        Raises:
            RecordsError: a line is none of our records; the file is left as it is.
        """
        self._file.seek(0)
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        last = content[whole:]
        lines = content[:whole].split(b"\n")[:-1]
        ended = not last or not _is_object(last)
        known = {}
        for number, line in enumerate(lines if ended else [*lines, last], 1):
            try:
                record = json.loads(line)
                known[self._identify(record)] = _digest(record)
            except (ValueError, KeyError, TypeError) as error:
                raise RecordsError(
                    f"{self.path}, line {number}: not one of our records ({error!r}); "
                    "move the file away and start again"
                ) from error
        if not ended:
            _write(self._file, b"\n")
            self.remarks.append(f"{self.path}: its last line had no end, and got one")
        elif last:
            self._set_aside(last, whole)
        self._end = self._file.seek(0, os.SEEK_END)
        return known

    def _set_aside(self, torn: bytes, start: int) -> None:
        """Move half a line, from `start` on, to its own file: first there, then not here."""
        path = self.path.with_name(f"{self.path.name}.torn")
        with path.open("ab", buffering=0) as file:
            _write(file, torn + b"\n")
        _sync_folder(path.parent)
        self._file.truncate(start)
        os.fsync(self._file.fileno())
        self.remarks.append(
            f"{self.path}: half a line at the end, of a server that was killed before it confirmed "
            f"it, is now in {path}"
        )


def _write(file: RawIOBase, data: bytes) -> None:
    """Append all of it; it is on the disk when this returns."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
    os.fsync(file.fileno())


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _digest(record: Mapping[str, Any]) -> bytes:
    return blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=16).digest()


def _sync_folder(folder: Path) -> None:
    """A new file's name must survive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
