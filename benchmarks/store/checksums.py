"""`SHA256SUMS` of a run's directory: digests of the tables and facts that commands wrote into it.

A line for each file, as coreutils' `sha256sum` writes and checks them. Bitstreams and decoded audio
are not among them: the journal has their digests, and this file has the journal's.

It also protects what cannot be computed again: the title, hardware, speakers and times of a
manifest, the reasons of failures, measured costs.
"""

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path

from .atomic import write_atomically
from .received import LARGEST_JSON, open_within
from .run_directory import RunDirectory, RunError

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")


def add(directory: RunDirectory, paths: Iterable[Path]) -> None:
    """Take up files of a run as they are now; others that are still there keep their lines."""
    known = {n: d for n, d in _read(directory).items() if (directory.root / n).is_file()}
    for path in paths:
        known[path.relative_to(directory.root).as_posix()] = _digest(directory.root, path)
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))
    write_atomically(directory.checksums, text.encode())


def differences(directory: RunDirectory, expected: Iterable[Path]) -> Iterator[str]:
    """Files that have changed or are gone, and expected ones that have no line."""
    name = directory.checksums.name
    if not os.path.lexists(directory.checksums):
        yield f"{name}: is missing, so that nothing says what the run wrote"
        return
    known = _read(directory)
    for path in expected:
        if path.relative_to(directory.root).as_posix() not in known:
            yield f"{path.relative_to(directory.root)}: has no line in {name}"
    for file, digest in known.items():
        try:
            if _digest(directory.root, directory.root / file) != digest:
                yield f"{file}: has not the content that {name} says"
        except FileNotFoundError:
            yield f"{file}: is missing"
        except (OSError, RunError) as error:
            yield str(error)


def _read(directory: RunDirectory) -> dict[str, str]:
    """Digest by name of a file; lines of another form are none."""
    try:
        with open_within(directory.root, directory.checksums, LARGEST_JSON) as file:
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return {}
    return {m["name"]: m["digest"] for line in lines if (m := _LINE.fullmatch(line))}


def _digest(root: Path, path: Path) -> str:
    with open_within(root, path) as file:
        return file_digest(file, "sha256").hexdigest()
