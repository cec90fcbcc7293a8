"""Weights that others publish: which files they are, where they lie, how to get them.

    folder    $NSCBENCH_WEIGHTS; else nscbench/weights in $XDG_CACHE_HOME, or in ~/.cache
    layout    FOLDER/NAME/FILE: NAME of the set, FILE as its publisher calls it
    hub       files that `hf download` got before, of the same commit, are taken from its cache
    record    FOLDER/NAME/fetched.json: SHA-256 of what `nscbench weights get` fetched
    version   a digest of the files is part of the version of a metric, and the fingerprint of a
              codec, so that values of other weights are neither taken from a journal nor merged

A codec's class names its set as `checkpoint`, a metric as `weights`: `nscbench weights` knows all
of them by that. Nothing is downloaded here. A missing file, one that is not what was published, and
one that cannot be loaded are each told in one line with the command that mends it.
"""

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from ..base import MetricUnavailable
from .digests import digest, recorded
from .packages import lacking

VARIABLE = "NSCBENCH_WEIGHTS"
COMMAND = "nscbench weights get"
_SHOWN = 12  # digits of a digest in a version
# Tensors that only training reads: published checkpoints may lack them
_OF_TRAINING = ("masked_spec_embed", "classifier.weight", "classifier.bias", "objective.weight")
_MISSING = re.compile(rf"no .+ in .+: {COMMAND} (\S+)")
_HUB = re.compile(r"https://huggingface\.co/([^/]+)/([^/]+)/resolve/([^/]+)")
# What torch, transformers and JSON raise for files that are cut short
DAMAGED: tuple[type[Exception], ...] = (
    *(OSError, RuntimeError, ValueError),
    *(EOFError, KeyError, UnpicklingError),
)


def folder() -> Path:
    """Where the weights of all codecs and metrics lie."""
    if chosen := os.environ.get(VARIABLE):
        return Path(os.path.expanduser(chosen)).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(cache)) / "nscbench" / "weights"


@dataclass(frozen=True)
class Weights:
    """The files of one published model.

    Attributes:
        name: of the set, and of its folder.
        url: address of the folder that the files are published in, if possible of one commit.
        files: their names there, and here.
        sha256: published digests by file; a file of which none is known has no entry.
        sizes: published numbers of bytes by file, where they are known.
        megabytes: of all files, rounded.
        licence: under which they are published.
        restriction: what of it must be agreed to before they are fetched; "" for nothing.
    """

    name: str
    url: str
    files: tuple[str, ...]
    sha256: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    megabytes: float = 0
    licence: str = ""
    restriction: str = ""

    @property
    def home(self) -> Path:
        """The set's own folder, where the files are put."""
        return folder() / self.name

    @property
    def folder(self) -> Path:
        """Where the files lie: in the set's own folder, or else all of them in the hub's cache."""
        own = self.home
        if not all((own / file).is_file() for file in self.files):
            cached = _cached(self.url)
            if cached and all((cached / file).is_file() for file in self.files):
                return cached
        return own

    def path(self, file: str) -> Path:
        """Where one of the files lies."""
        return self.folder / file

    @property
    def publisher(self) -> str:
        """Host and owner of the address: `huggingface.co/kyutai/mimi`."""
        return "/".join(self.url.partition("://")[2].split("/")[:3])

    @property
    def absent(self) -> list[str]:
        """Files that are not here."""
        return [file for file in self.files if not self.path(file).is_file()]

    @contextmanager
    def reading(self, *errors: type[Exception]) -> Iterator[None]:
        """What is loaded within comes from these files; a failure names them.

        Args:
            errors: that the loading library raises for damaged files, beside Python's own.

        Raises:
            MetricUnavailable: a file cannot be loaded.
        """
        try:
            yield
        except MetricUnavailable:
            raise
        except DAMAGED + errors as error:
            raise MetricUnavailable(self.damaged(error)) from error

    def damaged(self, error: Exception) -> str:
        """What to say of files that a library refuses to load with this error."""
        paths = " ".join(shlex.quote(str(self.path(file))) for file in self.files)
        why = " ".join(str(error).split())
        return (
            f"{paths} cannot be loaded: {why}. Cut short, or another file? "
            f"Get it anew: {COMMAND} {self.name} --again"
        )

    def missing(self) -> str:
        """Why the files cannot be used, and what mends it; "" if they can."""
        if absent := self.absent:
            return f"no {', '.join(absent)} in {self.home}: {COMMAND} {self.name}"
        if foreign := self.foreign():
            paths = ", ".join(str(self.path(file)) for file in foreign)
            return f"{paths}: not the published file; {COMMAND} {self.name} replaces it"
        return ""

    @property
    def version(self) -> str:
        """The name of the set and a digest of its files.

        Raises:
            MetricUnavailable: a file is missing.
        """
        if missing := self.missing():
            raise MetricUnavailable(missing)
        return f"{self.name} {self.fingerprint[:_SHOWN]}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the digests of the files, which are all here."""
        return sha256("".join(digest(self.path(file)) for file in self.files).encode()).hexdigest()

    def foreign(self) -> list[str]:
        """Files that are here and are not what was published or fetched, as far as known."""
        return [
            file
            for file in self.files
            if (path := self.path(file)).is_file() and not self.genuine(file, path)
        ]

    def genuine(self, file: str, path: Path) -> bool:
        """Is this one of the files as it was published or fetched, as far as that is known?"""
        if self.sizes.get(file, path.stat().st_size) != path.stat().st_size:
            return False
        known = self.sha256.get(file) or recorded(path).get("sha256")
        return known is None or digest(path) == known


def from_hub(repository: str, revision: str, files: tuple[str, ...], **about: Any) -> Weights:
    """A set that the Hugging Face hub publishes, under the repository's own name.

    Args:
        repository: OWNER/NAME.
        revision: the commit; "main" where none is known.
        files: their names there.
        about: further fields of `Weights`.
    """
    url = f"https://huggingface.co/{repository}/resolve/{revision}"
    return Weights(repository.rpartition("/")[2], url, files, **about)


def set_to_get(reason: str) -> str:
    """The set that is missing, of a reason that `Weights.missing` gave; "" for any other reason."""
    found = _MISSING.fullmatch(reason)
    return found[1] if found else ""


def needs(weights: Weights, packages: tuple[str, ...], install: str) -> Callable[[], str]:
    """A metric's `unavailable`: what is missing of these packages and weights, and what gets it.

    Args:
        weights: of the metric.
        packages: names that it imports.
        install: what pip installs them by.
    """
    return lambda: lacking(packages, install) or weights.missing()


def network(kind: Any, folder: str) -> Any:
    """A network of `transformers` from the files of a folder: float32, in evaluation mode.

    Args:
        kind: its class there, or an `AutoModel`.
        folder: of the files.

    Raises:
        MetricUnavailable: a tensor is missing, which transformers only warns of: it fills it with
            random numbers.
    """
    import torch

    found, report = kind.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    if lost := sorted(k for k in report["missing_keys"] if not k.endswith(_OF_TRAINING)):
        raise MetricUnavailable(
            f"the weights in {folder} lack {len(lost)} tensors, such as {lost[0]}: they are of "
            f"another network than {type(found).__name__}"
        )
    return found.eval()


def _cached(url: str) -> Path | None:
    """Where the hub's own cache has the files of a commit, if it has any."""
    if not (named := _HUB.fullmatch(url)):
        return None
    owner, name, revision = named.groups()
    home = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    cache = os.environ.get("HF_HUB_CACHE") or f"{home}/hub"
    repository = Path(os.path.expanduser(cache)) / f"models--{owner}--{name}"
    head = repository / "refs" / revision
    if head.is_file():
        revision = head.read_text("utf-8").strip()
    snapshot = repository / "snapshots" / revision
    return snapshot if snapshot.is_dir() else None
