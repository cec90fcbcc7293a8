"""Files that are whole or absent, whatever happens to the process that writes them."""

import os
import re
import uuid
from pathlib import Path

PARTIAL = re.compile(r"\.[0-9a-f]{32}\.part")  # names of files that are being written


def write_atomically(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write under a temporary name, then rename; the folder is made where it is missing.

    Args:
        path: of the file.
        content: of the file.
        durable: wait for the disk, so that the file is whole after a power cut too. Without it, a
            reader must know by a checksum what it should find.

    Raises:
        OSError: with the path, whatever step failed (a full disk has no name of its own).
    """
    # Processes of several machines may write the same file: a process number would not do.
    temporary = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())  # a rename that outlives its content would be a torn file
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
