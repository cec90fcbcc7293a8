"""Digests of files of weights, and the record of those that were fetched.

`fetched.json` beside the files says of each one its SHA-256, and of which size and time it was
then: what was fetched is known again although its publisher tells no digest, and files of gigabytes
are not read whenever a version is asked for.
"""

import json
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any

RECORD = "fetched.json"


def recorded(path: Path) -> dict[str, Any]:
    """What the record says of a file: `sha256`, `size`, `modified_ns`; {} if nothing."""
    try:
        found = json.loads((path.parent / RECORD).read_text("utf-8"))[path.name]
        return {key: found[key] for key in ("sha256", "size", "modified_ns")}
    except (OSError, ValueError, KeyError, TypeError):  # a damaged record says nothing
        return {}


def digest(path: Path) -> str:
    """SHA-256 of a file, computed once for each state of it."""
    state = path.stat()
    known = recorded(path)
    if (known.get("size"), known.get("modified_ns")) == (state.st_size, state.st_mtime_ns):
        return str(known["sha256"])
    return _digest(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file; size and time tell one state of it from the next."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
