"""Results of encoding, decoding and scoring, by content: a folder that any number of runs share.

    CACHE/v1/STAGE/ab/cd/abcd...    one result; its name is the key that `plan` gives it

    encode   a bitstream file and its record
    decode   a decoded file and its record
    score    the values of every metric on one pair of signals, and the signatures of both

A key holds all that decides a result, so that a hit is what this run would have computed, and a
changed checkpoint, library, metric or recording asks for another name. Nothing is ever changed in
place: an entry is written under a temporary name and renamed, and begins with the SHA-256 of its
content. Several processes and machines may read, write and prune at once; an entry that is torn or
damaged is a miss. Failures are not stored.

A cache that cannot be written (read-only, full) is read all the same.
"""

import errno
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any, Literal, NamedTuple

from .atomic import PARTIAL, write_atomically
from .journal import Record

Stage = Literal["encode", "decode", "score"]

STAGES: tuple[Stage, ...] = ("encode", "decode", "score")
LAYOUT = "v1"
VARIABLE = "NSCBENCH_CACHE"
_KEY = re.compile(r"[0-9a-f]{32}")
_ABANDONED = 3600.0  # seconds after which a temporary file has no writer any more
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backups leave it out


def folder_named(chosen: Path | None) -> Path | None:
    """The folder that `--cache` or the environment names; None for no cache.

    Raises:
        OSError: it is a file, or no file can have this name.
    """
    named = chosen or os.environ.get(VARIABLE)
    folder = Path(os.path.expanduser(named)).absolute() if named else None
    if folder and folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is no folder, as a cache is", str(folder))
    return folder


class Entry(NamedTuple):
    """One result: its record, and the file that it is about (empty for scores)."""

    record: Record
    content: bytes


class Cache:
    """One folder of results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writable = True
        self._tagged = False

    def get(self, stage: Stage, key: str) -> Entry | None:
        """The result of this key, if it is there and whole."""
        path = self._path(stage, key)
        try:
            text = path.read_bytes()
        except OSError:  # not there, or not to be read
            return None
        digest, _, rest = text.partition(b"\n")
        if sha256(rest).hexdigest().encode() != digest:
            return None
        record, _, content = rest.partition(b"\n")
        with suppress(OSError):  # pruned meanwhile, or of another user
            os.utime(path)  # pruning drops what was used least recently
        return Entry(json.loads(record), content)

    def put(self, stage: Stage, key: str, record: Mapping[str, Any], content: bytes = b"") -> None:
        """Store a result; where that fails, say so once and store no more."""
        if not self._writable:
            return
        rest = json.dumps(record, ensure_ascii=False).encode() + b"\n" + content
        text = sha256(rest).hexdigest().encode() + b"\n" + rest
        try:
            write_atomically(self._path(stage, key), text, durable=False)
            if not self._tagged:
                write_atomically(self.folder / "CACHEDIR.TAG", _TAG.encode(), durable=False)
                self._tagged = True
        except OSError as error:
            self._writable = False
            print(f"cache: {error}; nothing more is stored", file=sys.stderr)

    def sizes(self) -> dict[Stage, tuple[int, int]]:
        """Entries and their bytes, by stage."""
        found: dict[Stage, tuple[int, int]] = {}
        for stage in STAGES:
            number = total = 0
            for entry in _files(self.folder / LAYOUT, stage):
                number += 1
                total += entry.size
            found[stage] = number, total
        return found

    def prune(self, limit: int) -> tuple[int, int]:
        """Remove what was used least recently until `limit` bytes are left; entries and bytes gone.

        Entries last used within one second go together. Memory does not grow with the entries.
        """
        used: Counter[int] = Counter()  # bytes by the second of their last use
        for entry in _files(self.folder / LAYOUT):
            used[entry.second] += entry.size
        left, newest = sum(used.values()), -1
        for second in sorted(used):
            if left <= limit:
                break
            left -= used[second]
            newest = second
        number = total = 0
        for entry in _files(self.folder / LAYOUT):
            if entry.second <= newest:
                entry.path.unlink(missing_ok=True)
                number += 1
                total += entry.size
        for root, names in _folders(self.folder / LAYOUT):
            for path in (root / name for name in names if PARTIAL.fullmatch(name)):
                with suppress(FileNotFoundError):  # its writer finished
                    if path.lstat().st_mtime < time.time() - _ABANDONED:
                        path.unlink()
        return number, total

    def _path(self, stage: Stage, key: str) -> Path:
        return self.folder / LAYOUT / stage / key[:2] / key[2:4] / key


class _File(NamedTuple):
    path: Path
    size: int
    second: int


def _files(folder: Path, *stages: Stage) -> Iterator[_File]:
    """The entries below a cache's layout; those that vanish meanwhile are left out."""
    for root, names in _folders(folder, *stages):
        for name in names:
            if name.startswith(root.parent.name + root.name) and _KEY.fullmatch(name):
                path = root / name
                with suppress(FileNotFoundError):
                    status = path.lstat()
                    if S_ISREG(status.st_mode):
                        yield _File(path, status.st_size, int(status.st_mtime))


def _folders(folder: Path, *stages: Stage) -> Iterator[tuple[Path, list[str]]]:
    """Each folder of entries, and what lies in it; nothing else that may lie in a cache's folder.

    Links are not followed: what they lead to, no cache made.
    """
    for stage in stages or STAGES:
        if not folder.is_symlink() and not (folder / stage).is_symlink():
            for root, _, names in os.walk(folder / stage):
                yield Path(root), names
