"""One file that a command was told to write, where something may be already."""

import errno
import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .atomic import write_atomically


class OutputError(ValueError):
    """A file cannot be written there: the message names it, why, and what is allowed."""


@dataclass(frozen=True)
class OutputFile:
    """Where a command is to write: looked at before it begins to work, written at its end.

    A regular file is whole or absent, and keeps its owner and its rights; a link is followed. What
    is no regular file (a device, a named pipe), has several names, is where standard output goes,
    or lies in a folder that cannot be written is written in place.

    Attributes:
        path: as it was given.
        suffixes: of what is written, lower case; a path without suffix is always allowed.
        inputs: files that the command reads.

    Raises:
        OutputError: it is one of the inputs, a folder, or ends in a suffix of something else.
        OSError: it cannot be looked at, or is write-protected.
    """

    path: Path
    suffixes: Sequence[str]
    inputs: Sequence[Path] = ()

    def __post_init__(self) -> None:
        status = self._status()
        if status and stat.S_ISDIR(status.st_mode):
            raise OutputError(f"{self.path}: is a folder, not a file to write")
        special = status and not stat.S_ISREG(status.st_mode)
        if not special and self.path.suffix.lower() not in ("", *self.suffixes):
            raise OutputError(
                f"{self.path}: what is written is no {self.path.suffix}; "
                f"allowed are {', '.join(self.suffixes)}"
            )
        for given in self.inputs:
            if status and given.exists() and os.path.samestat(status, given.stat()):
                raise OutputError(f"{self.path}: is the input {given}, which it would destroy")
        if status and not os.access(self.path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.path))

    @property
    def is_stdout(self) -> bool:
        """Does standard output go there? Then nothing else may be printed to it."""
        status = self._status()
        try:
            return bool(status and os.path.samestat(status, os.fstat(1)))
        except OSError:  # it is closed
            return False

    def write(self, content: bytes) -> None:
        """Write.

        Raises:
            OSError: with the path, whatever step failed.
        """
        status = self._status()
        try:
            if self.is_stdout:
                sys.stdout.flush()
                with open(1, "wb", closefd=False) as file:
                    file.write(content)
            elif status and self._in_place(status):
                with self.path.open("wb") as file:
                    file.write(content)
            else:
                self._replace(status, content)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def _in_place(self, status: os.stat_result) -> bool:
        folder = Path(os.path.realpath(self.path)).parent
        return (
            not stat.S_ISREG(status.st_mode)
            or status.st_nlink > 1
            or not os.access(folder, os.W_OK | os.X_OK)
        )

    def _replace(self, status: os.stat_result | None, content: bytes) -> None:
        target = Path(os.path.realpath(self.path))
        write_atomically(target, content)
        if status:
            with suppress(PermissionError):  # only root may give a file away
                os.chown(target, status.st_uid, status.st_gid)
            target.chmod(stat.S_IMODE(status.st_mode))

    def _status(self) -> os.stat_result | None:
        try:
            return self.path.stat()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
