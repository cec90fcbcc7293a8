"""Keeps the lines that native libraries write to standard error while they load off the terminal.

LiteRT's C++ writes `INFO: Created TensorFlow Lite XNNPACK delegate for CPU.` past Python and has no
setting against it. What it says is held back, and shown only if loading fails.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


@contextmanager
def held_back() -> Iterator[None]:
    """What is written to file descriptor 2 within is dropped; what comes with an error is shown.

    For the one call that loads a model: meanwhile no thread of the process reaches the terminal.
    """
    try:
        terminal = os.dup(_STDERR)
    except OSError:  # it is closed
        yield
        return
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), _STDERR)
        loaded = False
        try:
            yield
            loaded = True
        finally:
            os.dup2(terminal, _STDERR)
            os.close(terminal)
            if not loaded:
                kept.seek(0)
                os.write(_STDERR, kept.read())
