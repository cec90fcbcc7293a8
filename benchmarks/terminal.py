"""Standard output and error: any name can be printed to them, and their reader may close them."""

import codecs
import os
import sys
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import BinaryIO, NoReturn

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
    """Bytes of a name that are no text, as `\\xe9`: Python's stand-ins for them tell nobody."""
    assert isinstance(error, UnicodeEncodeError)
    first = ord(error.object[error.start])
    if 0xDC80 <= first <= 0xDCFF:
        return f"\\x{first - 0xDC00:02x}", error.start + 1
    single = UnicodeEncodeError(
        error.encoding, error.object, error.start, error.start + 1, error.reason
    )
    return codecs.backslashreplace_errors(single)
