"""Standard output and error: any name can be printed to them, and their reader may close them."""

import codecs
import os
import sys
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import BinaryIO, NoReturn

from .store.printable import printable

CLOSED_PIPE = 128 + 13  # as of a program that SIGPIPE ended


_ESCAPES = "nscbench-escapes"


class ClosedPipe(SystemExit):
    """Nobody reads the output any more: no OSError, which commands report."""


class _Output(TextIOWrapper):
    """Text for a terminal or a pipe: ends the program quietly where nobody reads it any more."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            self._end()

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            self._end()

    def _end(self) -> NoReturn:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())  # Python writes the rest when it ends
        os.close(nowhere)
        raise ClosedPipe(CLOSED_PIPE)


def open_output() -> None:
    """Let standard output and error write what their encoding lacks as escapes, and end quietly."""
    codecs.register_error(_ESCAPES, _escapes)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):  # None where it was closed
            encoding, lines = stream.encoding, stream.line_buffering
            buffer: BinaryIO | BufferedWriter = stream.detach()
            if isinstance(buffer, RawIOBase):  # PYTHONUNBUFFERED: long texts would be cut
                buffer, lines = BufferedWriter(buffer), True
            output = _Output(buffer, encoding, _ESCAPES, line_buffering=lines)
            setattr(sys, name, output)


def _escapes(error: UnicodeError) -> tuple[str | bytes, int]:
    """The first character that an encoding lacks, as an escape; a byte of a name as that byte."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = printable(error.object[error.start])
    return lacking.encode("ascii", "backslashreplace").decode(), error.start + 1
