"""What a run has finished: an append-only log that survives `kill -9`.

One JSON object per line, flushed to the disk before the work counts as done. Each record has a
`key`: a digest of everything that decides its result (codec, weights, item, draw, metric
version), so that a record is valid as long as its key is asked for, and a changed checkpoint or
metric never returns an old value. Failures are never recorded: they are tried again.
"""

import json
import os
import sys
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Record = Mapping[str, Any]


def key_of(*parts: object) -> str:
    """Digest of the `repr` of what decides a result."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


class Journal:
    """The log of one run; `with Journal(path) as journal`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records: dict[str, Record] = {}
        content = path.read_bytes() if path.exists() else b""
        whole = content.rfind(b"\n") + 1  # a killed process leaves at most one torn line
        damaged = sum(not self._read(line) for line in content[:whole].splitlines())
        if damaged:
            print(f"{path}: {damaged} lines are damaged; their work is done again", file=sys.stderr)
        self._file = path.open("ab")
        self._file.truncate(whole)

    def _read(self, line: bytes) -> bool:
        try:
            record = json.loads(line)
            self._records[record.pop("key")] = record
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        return True

    def get(self, key: str) -> Record | None:
        """The record of this key, if the work is done."""
        return self._records.get(key)

    def append(self, records: Mapping[str, Record]) -> None:
        """Record finished work, by key, durably: all of it with one write.

        Raises:
            OSError: with the path, when the disk is full or fails.
        """
        lines = [
            json.dumps({"key": key, **record}, ensure_ascii=False) + "\n"
            for key, record in records.items()
        ]
        try:
            self._file.write("".join(lines).encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:  # a full disk has no name of its own
            raise OSError(error.errno, error.strerror, str(self._path)) from error
        self._records.update(records)

    def __len__(self) -> int:
        return len(self._records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
