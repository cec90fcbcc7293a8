"""Files that are whole or absent, whatever happens to the process that writes them."""

import os
from collections.abc import Callable
from pathlib import Path


def write_atomically(path: Path, content: bytes | Callable[[Path], None]) -> None:
    """Write bytes, or what a function writes to a given path, under a temporary name; then rename.

    The folder is made where it is missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if callable(content):
            content(temporary)
        else:
            temporary.write_bytes(content)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())  # a rename that outlives its content would be a torn file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
