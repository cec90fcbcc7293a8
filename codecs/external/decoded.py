"""Audio that somebody has decoded already: a folder with one file per item, and a stated bitrate.

A file is called as its item, with the suffix .wav or .flac; folders within the folder count as "_"
in the name, as in a test set that is a folder. Nothing was sent here, so nothing can be measured:
the bitrate is what the suite states, and every table says so.

    rate      the files' must be `sample_rate`
    length    within 100 ms of the recording's: what is missing is silent, the rest is cut; a file
              further off is a failure of its item, as is a missing one
    payload   the file's samples, 16-bit: they stand for a bitstream and are not counted
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ..base import Bitrate, CodecError
from ..coding.pcm16 import from_pcm16, to_pcm16
from ..noise import Noise
from .declaration import Declaration
from .samples import read_mono

SUFFIXES = (".wav", ".flac")
TOLERANCE = 0.1  # s, between the lengths of a recording and of its decoded file


@dataclass(frozen=True)
class Decoded(Declaration):
    """One folder of decoded audio, `decoded`: relative to the suite, or absolute."""

    what: ClassVar[str] = "decoded audio"
    bitrate: ClassVar[Bitrate] = "stated"

    decoded: str = field(default="", kw_only=True, metadata={"in_name": False})

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.decoded, str) or not self.decoded:
            raise CodecError(f"{self.name}: decoded must be a folder, not {self.decoded!r}")

    @property
    def backend(self) -> str:
        return "decoded elsewhere"

    @property
    def lacking(self) -> str:
        return "" if self._folder.is_dir() else f"there is no folder {self._folder}"

    @cached_property
    def fingerprint(self) -> str:
        digest = sha256()
        for name, files in self._files.items():
            for path in files:
                digest.update(f"{name}\0".encode() + _digest(path))
        return digest.hexdigest()

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        raise CodecError(f"{self.name} is decoded audio of a test set: it encodes nothing")

    def encode_items(self, ids: Sequence[str], audio: Sequence[Tensor]) -> list[bytes]:
        return [self._payload(name, len(signal)) for name, signal in zip(ids, audio, strict=True)]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [from_pcm16(payload) for payload in payloads]

    def _payload(self, item: str, samples: int) -> bytes:
        files = self._files.get(item, [])
        if len(files) != 1:
            expected = f"{item}{' or '.join(SUFFIXES)}"
            found = " and ".join(path.name for path in files) or "nothing"
            raise CodecError(f"{self.name}: {found} in {self._folder}, expected is {expected}")
        if why := _unfit(files[0]):
            raise CodecError(f"{self.name}: {files[0]} {why}")
        signal = torch.from_numpy(read_mono(files[0], self.sample_rate))
        if abs(len(signal) - samples) >= TOLERANCE * self.sample_rate:
            raise CodecError(
                f"{self.name}: {files[0].name} is {len(signal) / self.sample_rate:.3f} s long, its "
                f"recording {samples / self.sample_rate:.3f} s; "
                f"less than {1000 * TOLERANCE:.0f} ms may differ"
            )
        return to_pcm16(F.pad(signal, (0, max(0, samples - len(signal)))))

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Files by the item that they are called after."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self._folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
                name = "_".join(path.relative_to(self._folder).with_suffix("").parts)
                found.setdefault(name, []).append(path)
        return found

    @property
    def _folder(self) -> Path:
        return self.within_suite(self.decoded)


def _digest(path: Path) -> bytes:
    """Of what is called like a decoded file: its content, or why it has none.

    One that cannot be read is the failure of its item, not the end of a run.
    """
    if why := _unfit(path):
        return sha256(why.encode()).digest()
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _unfit(path: Path) -> str:
    """Why a path cannot be read as a file; "" if it can."""
    if path.is_dir():
        return "is a folder"
    if not path.exists():
        return "is a link to nothing"
    if not path.is_file():
        return "is no regular file"
    return "" if os.access(path, os.R_OK) else "may not be read"
