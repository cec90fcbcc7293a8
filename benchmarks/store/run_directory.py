"""One directory holds everything that a benchmark wrote.

manifest.json                     what was run, by what, on what: see `provenance`
items.csv                         the items, with their hashes
journal.jsonl                     finished work
rows.csv                          every measured value: condition, item, draw, column, value, error
leaderboard.csv                   one line per condition
checks.csv                        what the suite itself found suspicious
tokens.csv                        what token codecs send: use of their codebooks, entropies
verdicts.csv                      does each codec keep the limits of the suite? If it states some
streams/CONDITION/ITEM.nsc        bitstreams
decoded/CONDITION/ITEM.flac       decoded audio, 16 bit, at the codec's rate; ITEM@DRAW.flac
                                  for draws after the first
curves/                           bitrate-quality curves
SHA256SUMS                        digests of these tables: see `checksums`
"""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .atomic import PARTIAL
from .printable import printable

# What only a run has: where they lie without a journal, somebody else's files would be replaced
_OURS = ("manifest.json", "items.csv", "rows.csv", "leaderboard.csv", "checks.csv", "curves",
         "tokens.csv", "verdicts.csv", "streams", "decoded", "robustness.csv",
         "robustness.md")  # fmt: skip


class RunError(ValueError):
    """A run cannot start, go on or be read: the message says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))  # names and texts in it may be anybody's


class Stopped(RunError):
    """A run cannot go on as things are; what is finished stays, and the same command goes on."""


@dataclass(frozen=True)
class RunDirectory:
    """Paths within a run."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.json"

    @property
    def items(self) -> Path:
        return self.root / "items.csv"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def rows(self) -> Path:
        return self.root / "rows.csv"

    @property
    def leaderboard(self) -> Path:
        return self.root / "leaderboard.csv"

    @property
    def checks(self) -> Path:
        return self.root / "checks.csv"

    @property
    def tokens(self) -> Path:
        return self.root / "tokens.csv"

    @property
    def verdicts(self) -> Path:
        return self.root / "verdicts.csv"

    @property
    def curves(self) -> Path:
        return self.root / "curves"

    @property
    def checksums(self) -> Path:
        return self.root / "SHA256SUMS"

    def tables(self) -> list[Path]:
        """What a finished run has beside bitstreams and decoded audio."""
        fixed = [self.manifest, self.items, self.journal, self.rows, self.leaderboard, self.checks]
        return [*fixed, *self.root.glob(self.tokens.name), *sorted(self.curves.glob("*"))]

    def stream(self, condition: str, item: str) -> Path:
        """Bitstream of an item."""
        return self.root / "streams" / condition / f"{_file_name(item)}.nsc"

    def decoded(self, condition: str, item: str, draw: int = 0) -> Path:
        """Decoded audio of an item."""
        suffix = f"@{draw}" if draw else ""
        return self.root / "decoded" / condition / f"{_file_name(item)}{suffix}.flac"

    @contextmanager
    def locked(self, *parts: str) -> Iterator[None]:
        """Keep a second process out of this run, which this one makes or goes on with.

        Args:
            parts: folders of runs within it, one of which has begun if this run has.

        Raises:
            RunError: one is in it, the directory cannot be written, or holds what no run made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._refuse_foreign(parts)
            for name in ("curves", "streams", "decoded"):
                self.refuse_links(name)
            # neither emptied nor followed: a link of this name may lead to anybody's file
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            lock = os.open(self.root / ".lock", flags, 0o666)
        except OSError as error:
            raise RunError(f"{self.root}: cannot be written: {error.strerror}") from error
        try:
            if not stat.S_ISREG(os.fstat(lock).st_mode):
                raise RunError(f"{self.root}: its .lock is no regular file")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunError(f"{self.root}: another process is running in it") from error
            yield
        finally:
            os.close(lock)

    def _refuse_foreign(self, parts: Iterable[str]) -> None:
        if any((self.root / part / self.journal.name).is_file() for part in (".", *parts)):
            return
        sums = () if (self.root / "cost.csv").is_file() else (self.checksums.name,)
        names = [name for name in (*_OURS, *sums) if os.path.lexists(self.root / name)]
        if names:
            raise RunError(
                f"{self.root}: holds {', '.join(names)}, but no {self.journal.name} of a run "
                "that could go on: nothing is written over what is there; choose another --out"
            )

    def refuse_links(self, name: str) -> None:
        """Refuse to write into a folder of this run where a link leads out of the run.

        Raises:
            RunError: the folder, or what lies directly in it, is such a link.
        """
        folder, root = self.root / name, real_path(self.root)
        for path in (folder, *folder.glob("*")):  # which finds nothing until it is asked
            if not real_path(path).is_relative_to(root):
                raise RunError(f"{path}: a link leads out of the run; choose another --out")

    def sweep_partial_files(self, conditions: Iterable[str]) -> None:
        """Delete what killed processes had begun to write for these conditions, and no more."""
        for condition in conditions:
            for kind in ("streams", "decoded"):
                folder = self.root / kind / condition
                if Path(condition).name != condition or condition == "..":
                    continue  # a journal may be anybody's
                if folder.is_symlink() or folder.parent.is_symlink():
                    continue  # no run made it
                for path in folder.glob(".*.part"):
                    if PARTIAL.fullmatch(path.name) and not path.is_symlink():
                        path.unlink(missing_ok=True)


def real_path(path: Path) -> Path:
    """Where a path leads. Of a link to itself, whatever opens it says so; `resolve` would raise."""
    return Path(os.path.realpath(path))


def _file_name(item: str) -> str:
    """An item's id within a file name: "@" stays free for the draw."""
    return item.replace("%", "%25").replace("@", "%40")
