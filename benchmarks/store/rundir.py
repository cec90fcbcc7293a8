"""One directory holds everything that a benchmark wrote.

manifest.json                     what was run, by what, on what: see `provenance`
items.csv                         the items, with their hashes
journal.jsonl                     finished work
rows.csv                          every measured value: condition, item, draw, column, value, error
leaderboard.csv                   one line per condition
checks.csv                        what the suite itself found suspicious
streams/CONDITION/ITEM.nsc        bitstreams
decoded/CONDITION/ITEM.flac       decoded audio, 16 bit, at the codec's rate; ITEM@DRAW.flac
                                  for draws after the first
curves/                           bitrate-quality curves
SHA256SUMS                        digests of these tables: see `checksums`
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class RunError(ValueError):
    """A run cannot start or go on: the message says why, and what to do."""


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
    def curves(self) -> Path:
        return self.root / "curves"

    @property
    def checksums(self) -> Path:
        return self.root / "SHA256SUMS"

    def tables(self) -> list[Path]:
        """What a finished run has beside bitstreams and decoded audio."""
        fixed = [self.manifest, self.items, self.journal, self.rows, self.leaderboard, self.checks]
        return [*fixed, *sorted(self.curves.glob("*"))]

    def stream(self, condition: str, item: str) -> Path:
        """Bitstream of an item."""
        return self.root / "streams" / condition / f"{_file_name(item)}.nsc"

    def decoded(self, condition: str, item: str, draw: int = 0) -> Path:
        """Decoded audio of an item."""
        suffix = f"@{draw}" if draw else ""
        return self.root / "decoded" / condition / f"{_file_name(item)}{suffix}.flac"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second process out of this run.

        Raises:
            RunError: one is in it, or the directory cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            file = (self.root / ".lock").open("w")
        except OSError as error:
            raise RunError(f"{self.root}: cannot be written: {error.strerror}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunError(f"{self.root}: another process is running in it") from error
            self.sweep_partial_files()
            yield

    def sweep_partial_files(self) -> None:
        """Delete what a killed process had begun to write."""
        for partial in self.root.glob("*/*/.*.*"):
            partial.unlink(missing_ok=True)


def _file_name(item: str) -> str:
    """An item's id within a file name: "@" stays free for the draw."""
    return item.replace("%", "%25").replace("@", "%40")
