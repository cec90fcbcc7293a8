"""`SHA256SUMS` of a run's directory: digests of the tables and facts that commands wrote into it.

A line for each file, as coreutils' `sha256sum` writes and checks them. Bitstreams and decoded audio
are not among them: the journal has their digests, and this file has the journal's.

It also protects what cannot be computed again: the title, hardware, speakers and times of a
manifest, the reasons of failures, measured costs.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from .atomic import write_atomically
from .rundir import RunDirectory

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")


def add(directory: RunDirectory, paths: Iterable[Path]) -> None:
    """Take up files of a run as they are now; others that are still there keep their lines."""
    known = {n: d for n, d in _read(directory).items() if (directory.root / n).is_file()}
    for path in paths:
        known[path.relative_to(directory.root).as_posix()] = _digest(path)
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(known.items()))
    write_atomically(directory.checksums, text.encode())


def differences(directory: RunDirectory, expected: Iterable[Path]) -> Iterator[str]:
    """Files that have changed or are gone, and expected ones that have no line."""
    name = directory.checksums.name
    if not directory.checksums.is_file():
        yield f"{name}: is missing, so that nothing says what the run wrote"
        return
    known = _read(directory)
    for path in expected:
        if path.relative_to(directory.root).as_posix() not in known:
            yield f"{path.relative_to(directory.root)}: has no line in {name}"
    for file, digest in known.items():
        path = directory.root / file
        if not path.is_file():
            yield f"{file}: is missing"
        elif _digest(path) != digest:
            yield f"{file}: has not the content that {name} says"


def _read(directory: RunDirectory) -> dict[str, str]:
    """Digest by name of a file; lines of another form are none."""
    try:
        lines = directory.checksums.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    return {m["name"]: m["digest"] for line in lines if (m := _LINE.fullmatch(line))}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
