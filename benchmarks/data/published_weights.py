"""The weights of all codecs and metrics: the table, fetching, and checking.

What a codec names as `checkpoint` and a metric as `weights` is the table. A file is fetched from
its publisher, or from a mirror: a folder or an address laid out as NAME/FILE. It gets its name when
it is whole, and has the published size and SHA-256; where no digest is published, that of what came
is recorded beside it, and holds from then on.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

from ... import codecs, metrics
from ...metrics.machinery.digests import RECORD, digest, recorded
from ...metrics.machinery.names import unknown
from ...metrics.machinery.weights import Weights
from ..store.atomic import write_atomically
from .download import DownloadError, Source, check_download, renew

MIRROR = "NSCBENCH_WEIGHTS_MIRROR"


class WeightsError(ValueError):
    """No such weights, or they cannot be fetched here: the message says why."""


@dataclass(frozen=True)
class Entry:
    """One set of weights, whole, and the names of the codecs and metrics that need some of it."""

    weights: Weights
    users: tuple[str, ...]


def users() -> dict[str, Weights]:
    """What each codec and metric needs, by its name."""
    by_codec = ((name, codec.checkpoint) for name, codec in codecs.available().items())
    by_metric = ((name, metric.weights) for name, metric in metrics.available().items())
    return {n: weights for n, weights in (*by_codec, *by_metric) if isinstance(weights, Weights)}


def table() -> dict[str, Entry]:
    """Every set of weights by its name; what several need of one set is joined."""
    found: dict[str, Entry] = {}
    for user, weights in users().items():
        before = found.get(weights.name, Entry(weights, ()))
        found[weights.name] = Entry(_joined(before.weights, weights), (*before.users, user))
    return dict(sorted(found.items()))


def _joined(one: Weights, other: Weights) -> Weights:
    if one.url != other.url:
        raise ValueError(f"two sets of weights are called {one.name}: {one.url} and {other.url}")
    return replace(
        one,
        files=tuple(dict.fromkeys((*one.files, *other.files))),
        sha256={**one.sha256, **other.sha256},
        sizes={**one.sizes, **other.sizes},
        megabytes=one.megabytes + (0 if one.files == other.files else other.megabytes),
    )


def named(names: Sequence[str]) -> list[Weights]:
    """The sets of these names, or those that the codecs and metrics of these names need.

    Raises:
        WeightsError: a name is none of either.
    """
    sets, needed = table(), users()
    for name in names:
        if name not in sets and name not in needed:
            also = "or a codec or metric with weights"
            raise WeightsError(unknown("set of weights", name, sets, also))
    chosen = [sets[name].weights if name in sets else needed[name] for name in names]
    return [weights for i, weights in enumerate(chosen) if weights not in chosen[:i]]


def fetch_weights(
    weights: Weights, mirror: str = "", again: bool = False, pause: float = 1.0
) -> int:
    """Fetch what is not here, or is not what was published; how many files that were.

    Args:
        weights: the set.
        mirror: folder or http(s) address that has NAME/FILE; "" for the publisher.
        again: fetch what is here, too.
        pause: see `download.fetch`.

    Raises:
        WeightsError: another process fetches the same set.
        DownloadError, OSError: what went wrong; files that were here before are as they were.
    """
    with _locked(weights.home):
        wanted = [file for file in weights.files if again or not _here(weights, file)]
        for file in wanted:
            _fetch(weights, file, mirror, pause)
    return len(wanted)


def check_weights(weights: Weights) -> Iterator[str]:
    """Hash every file that is here; a line for each that is not what was published or fetched."""
    for file in weights.files:
        path = weights.path(file)
        if not path.is_file():
            continue
        with path.open("rb") as opened:
            found = file_digest(opened, "sha256").hexdigest()
        for source, known in (
            ("published", weights.sha256.get(file)),
            ("fetched", recorded(path).get("sha256")),
        ):
            if known not in (None, found):
                yield f"{path}: its SHA-256 is {found}, {source} was {known}"
                break


def unpinned(weights: Weights) -> list[str]:
    """Files of which no published digest is known."""
    return [file for file in weights.files if file not in weights.sha256]


def _here(weights: Weights, file: str) -> bool:
    path = weights.home / file
    return path.is_file() and weights.genuine(file, path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WeightsError(f"another process is fetching into {folder}") from None
        yield


def _fetch(weights: Weights, file: str, mirror: str, pause: float) -> None:
    target = weights.home / file
    digests = {"sha256": weights.sha256[file]} if file in weights.sha256 else {}
    source = Source(f"{weights.url}/{file}", weights.sizes.get(file), digests)
    if mirror.startswith(("http://", "https://")):
        renew(replace(source, url=f"{mirror.rstrip('/')}/{weights.name}/{file}"), target, pause)
    elif mirror:
        _copy(source, Path(os.path.expanduser(mirror)) / weights.name / file, target)
    else:
        renew(source, target, pause)
    _record(target)


def _copy(source: Source, origin: Path, target: Path) -> None:
    if not origin.is_file():
        raise DownloadError(f"the mirror has no {origin}")
    part = target.with_name(target.name + ".part")
    shutil.copyfile(origin, part)
    check_download(replace(source, url=str(origin)), part)
    part.replace(target)


def _record(path: Path) -> None:
    """Write down what a file is that has just been fetched."""
    record = path.with_name(RECORD)
    try:
        lines = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        lines = {}
    lines.pop(path.name, None)  # or the digest of what was there before would be taken for its own
    write_atomically(record, json.dumps(lines, indent=1).encode())
    state = path.stat()
    lines[path.name] = {
        "sha256": digest(path),
        "size": state.st_size,
        "modified_ns": state.st_mtime_ns,
    }
    write_atomically(record, json.dumps(lines, indent=1).encode())
