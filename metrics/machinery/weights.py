"""Weights that a metric loads from files: where they lie, which they are, how to get them.

    folder    $NSCBENCH_WEIGHTS; else nscbench/weights in $XDG_CACHE_HOME, or in ~/.cache
    layout    FOLDER/NAME/FILE: NAME of the set, FILE as its publisher calls it
    version   a digest of the files is part of the version of a metric, so that values of other
              weights are neither taken from a journal nor merged

Nothing is downloaded here. What is missing is named with the command that gets it, under another
name until it is whole: FILE.part. What cannot be loaded is named with the command that replaces it.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from ..base import MetricUnavailable

VARIABLE = "NSCBENCH_WEIGHTS"
_SHOWN = 12  # digits of a digest in a version
# What torch, transformers and JSON raise for files that are cut short
DAMAGED: tuple[type[Exception], ...] = (
    *(OSError, RuntimeError, ValueError),
    *(EOFError, KeyError, UnpicklingError),
)
# Tensors that only training reads: published checkpoints may lack them
_OF_TRAINING = ("masked_spec_embed", "classifier.weight", "classifier.bias", "objective.weight")


def folder() -> Path:
    """Where the weights of all metrics lie."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "nscbench" / "weights"


@dataclass(frozen=True)
class Weights:
    """The files of one published model.

    Attributes:
        name: of the set, and of its folder.
        url: address of the folder that the files are published in.
        files: their names there, and here.
        sha256: published digests by file; a file of which none is known has no entry.
        sizes: published numbers of bytes by file, where they are known.
        megabytes: of all files, rounded.
        licence: under which they are published.
        restriction: what of it restricts their use; "" for nothing.
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
    def folder(self) -> Path:
        """Where the files lie."""
        return folder() / self.name

    def path(self, file: str) -> Path:
        """Where one of the files lies."""
        return self.folder / file

    @property
    def absent(self) -> list[str]:
        """Files that are not here."""
        return [file for file in self.files if not self.path(file).is_file()]

    @property
    def command(self) -> str:
        """A command that gets the absent files; after an interruption it goes on where it was."""
        return self._getting(self.absent)

    def _getting(self, files: Sequence[str]) -> str:
        file = files[0] if len(files) == 1 else '"$file"'
        path = f"{shlex.quote(str(self.folder))}/{file}"
        curl = f"curl -fL --create-dirs -C - -o {path}.part {self.url}/{file}"
        get = f"{curl} && mv {path}.part {path}"
        if len(files) == 1:
            return get
        return f"(for file in {' '.join(files)}; do {get} || exit; done)"

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
            paths = " ".join(shlex.quote(str(self.path(file))) for file in self.files)
            raise MetricUnavailable(
                f"{paths} cannot be loaded: {error}. An interrupted download, or another file? "
                f"Get it anew: rm {paths} && {self._getting(self.files)}"
            ) from error

    def missing(self) -> str:
        """Which files are not here and what gets them; "" if all are."""
        if not self.absent:
            return ""
        return f"no {', '.join(self.absent)} in {self.folder}: {self.command}"

    @property
    def version(self) -> str:
        """The name of the set and a digest of its files.

        Raises:
            MetricUnavailable: a file is missing.
        """
        if missing := self.missing():
            raise MetricUnavailable(missing)
        whole = sha256("".join(_digest_of(self.path(file)) for file in self.files).encode())
        return f"{self.name} {whole.hexdigest()[:_SHOWN]}"

    def foreign(self) -> list[str]:
        """Files that are here and are not what was published, as far as that is known."""
        return [
            file
            for file, published in self.sha256.items()
            if self.path(file).is_file() and _digest_of(self.path(file)) != published
        ]


def needs(weights: Weights, packages: tuple[str, ...], install: str) -> Callable[[], str]:
    """A metric's `unavailable`: what is missing of these packages and weights, and what gets it.

    Args:
        weights: of the metric.
        packages: names that it imports.
        install: what pip installs them by.
    """

    def unavailable() -> str:
        absent = [name for name in packages if find_spec(name) is None]
        if absent:
            return f"no {', '.join(absent)}: pip install {install}"
        return weights.missing()

    return unavailable


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


def _digest_of(path: Path) -> str:
    state = path.stat()
    return _digest(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file; size and time tell one state of it from the next."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
