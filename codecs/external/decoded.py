"""Audio that somebody has decoded already: a folder with one file per item, and a stated bitrate.

A file is called as its item, with a suffix of audio that is read (`codecs.audio`); folders within
the folder count as "_" in the name, as in a test set that is a folder. Nothing was sent here, so
nothing can be measured: the bitrate is what the suite states, and every table says so.

    rate      the files' must be `sample_rate`
    channels  as in `declaration`
    length    the same; a file further off is a failure of its item, as is a missing one
    level     a recording whose peak was scaled down has its decoded audio scaled by as much
    payload   the file's samples, 16-bit: they stand for a bitstream and are not counted
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from ..audio.folders import Folder, is_unicode, nfc, on_disk, search, some
from ..base import Bitrate, CodecError, EncodedItem
from ..coding.pcm16 import from_pcm16, to_pcm16
from ..noise import Noise
from .declaration import Declaration
from .samples import read_declared, told_of


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
        if not self._folder.is_dir():
            return f"there is no folder {self._folder}"
        try:
            self._found  # noqa: B018  searched once, here
        except CodecError as error:
            return str(error)
        return ""

    @cached_property
    def fingerprint(self) -> str:
        digest = sha256()
        for name, files in self._files.items():
            for path in files:
                digest.update(f"{name}\0".encode() + _digest(path))
        return digest.hexdigest()

    def remarks(self, ids: Sequence[str]) -> list[str]:
        """What lies in the folder beside the items' files, and which items have none."""
        wanted = {nfc(item) for item in ids}
        strange = [str(path) for name, path in self._found.audio if not is_unicode(name)]
        other = [str(files[0]) for name, files in self._files.items() if name not in wanted]
        missing = sorted(wanted - self._files.keys())
        lines = list(self._found.left_out)
        if strange:
            lines.append(f"left out: {len(strange)} whose names are not UTF-8{some(strange)}")
        if other:
            lines.append(f"left out: {len(other)} called as no item{some(other)}")
        if missing:
            lines.append(f"{len(missing)} of {len(wanted)} items have no file{some(missing)}")
        return lines

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        raise CodecError(f"{self.name} is decoded audio of a test set: it encodes nothing")

    def lacking_items(self, ids: Sequence[str]) -> str:
        try:
            for item in ids:
                self._file(item)
        except CodecError as error:
            return str(error)
        return ""

    def encode_items(
        self, ids: Sequence[str], audio: Sequence[Tensor], gains: Sequence[float]
    ) -> list[EncodedItem]:
        return [
            self._encoded(item, len(signal), gain)
            for item, signal, gain in zip(ids, audio, gains, strict=True)
        ]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [from_pcm16(payload) for payload in payloads]

    def _encoded(self, item: str, samples: int, gain: float) -> EncodedItem:
        path = self._file(item)
        found = read_declared(path, self.sample_rate)
        try:
            signal, notices = self.fit(torch.from_numpy(found.signal * gain), samples)
        except CodecError as error:
            raise CodecError(f"{error} ({path})") from error
        if gain != 1:
            notices = ("decoded audio: scaled as its recording was", *notices)
        return EncodedItem(to_pcm16(signal), (*told_of(found), *notices))

    def _file(self, item: str) -> Path:
        files = self._files.get(nfc(item), [])
        if len(files) != 1:
            found = " and ".join(path.name for path in files) or "nothing"
            raise CodecError(
                f"{self.name}: {found} in {self._folder}, expected is {item}.wav or .flac, or one "
                "file of another format that is read"
            )
        return files[0]

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Files by the item that they are called after."""
        files: dict[str, list[Path]] = {}
        for name, path in self._found.audio:
            if is_unicode(name):
                files.setdefault(name, []).append(path)
        return files

    @cached_property
    def _found(self) -> Folder:
        try:
            return search(self._folder)
        except OSError as error:
            raise CodecError(f"{self.name}: {error.filename}: {error.strerror}") from error

    @property
    def _folder(self) -> Path:
        return on_disk(self.within_suite(self.decoded))


def _digest(path: Path) -> bytes:
    """Of a file's bytes; of no file, that it is none: it fails its item when it is read."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file_digest(file, "sha256").digest()
    except OSError:
        pass
    return b"no file"
