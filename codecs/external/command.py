"""A codec that is a program: a command line encodes, another decodes.

    encode = "mycodec encode --kbps {kbps} {in} {out}"
    decode = "mycodec decode --seed {seed} {in} {out}"

Conventions
    {in}, {out}    of `encode`: a 16-bit mono WAV at `sample_rate`, and the file to write; of
                   `decode`: that file's bytes, and the WAV (or FLAC) to write
    {kbps}, {sample_rate}   as declared
    {seed}         in `decode`: makes it a stochastic decoder, called with a number from the noise
    {suite}        the suite's folder: the program's own files are not where it runs
    bits           those of the file that `encode` wrote, all of them, a header too; `kbps` limits
                   nothing, and where the two differ, tables show both
    decoded        at `sample_rate`, aligned with what was encoded; its channels, its length and its
                   peak as in `declaration`

A command line is split into words as a POSIX shell would, then its placeholders are filled, and no
shell reads it. It runs in a new, empty folder, which is removed afterwards, without input, and is
killed with what it started after `time_limit` seconds, or when the run or its worker ends or is
killed; what it leaves behind when it ends by itself is killed, too (`watched` tells what of it is
found: on Linux, all). Decoding gets a folder of its own: it sees the bytes and nothing else.

The fingerprint is of the program and of every file and folder that a word of the commands names,
`{suite}/weights.bin`; what they load beside these is not seen. No word may name the suite's folder
itself, or one around it: runs lie there, and every one would be another program.
"""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, ClassVar

import numpy as np
import soundfile
import torch
from torch import Tensor

from ..base import CodecError, DecodedItem
from ..coding.pcm16 import to_pcm16
from ..noise import Noise
from .declaration import Declaration
from .samples import read_declared, told_of
from .watched import run_watched

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ALLOWED = {
    "encode": ("in", "out", "kbps", "sample_rate", "suite"),
    "decode": ("in", "out", "kbps", "sample_rate", "suite", "seed"),
}
_SHOWN = 600  # characters of what a failed command said


@dataclass(frozen=True)
class Command(Declaration):
    """One bitrate of a program.

    Attributes:
        encoder: the command line `encode`.
        decoder: the command line `decode`.
        time_limit: seconds that one call may take. It changes no result, so `repr` lacks it.
    """

    what: ClassVar[str] = "a program"
    keeps_rate: ClassVar[bool] = False  # what its file has is measured, whatever the suite says

    encoder: str = field(default="", kw_only=True, metadata={"in_name": False})
    decoder: str = field(default="", kw_only=True, metadata={"in_name": False})
    time_limit: float = field(default=300, kw_only=True, repr=False, metadata={"in_name": False})

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, line in (("encode", self.encoder), ("decode", self.decoder)):
            used = [name for word in self._words(key, line) for name in _PLACEHOLDER.findall(word)]
            for name in ("in", "out"):
                if name not in used:
                    raise CodecError(f"{self.name}: {key} lacks {{{name}}}: {line!r}")
            if wrong := [name for name in used if name not in _ALLOWED[key]]:
                allowed = ", ".join(f"{{{name}}}" for name in _ALLOWED[key])
                raise CodecError(
                    f"{self.name}: {key} has the placeholder {{{wrong[0]}}}; allowed are {allowed}"
                )
            self._check_paths(key, line)
        if not isinstance(self.time_limit, int | float) or not self.time_limit > 0:
            raise CodecError(f"{self.name}: time_limit must be seconds, not {self.time_limit!r}")

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return "{seed}" in self.decoder

    @property
    def backend(self) -> str:
        return "a program of the suite"

    @property
    def lacking(self) -> str:
        for key, line in (("encode", self.encoder), ("decode", self.decoder)):
            program = self._words(key, line)[0]
            if self._program(program) is None:
                return f"there is no program {program}"
        return ""

    @cached_property
    def fingerprint(self) -> str:
        digest = sha256()
        for path in self._named():
            for file in [path] if path.is_file() else sorted(path.rglob("*")):
                if file.is_file():
                    digest.update(str(file.relative_to(path)).encode() + b"\0")
                    with file.open("rb") as content:
                        digest.update(file_digest(content, "sha256").digest())
        return digest.hexdigest()

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [self._encode(signal) if len(signal) else b"" for signal in audio]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [one.signal for one in self.decode_items(payloads, noise)]

    def decode_items(self, payloads: Sequence[bytes], noise: Noise) -> list[DecodedItem]:
        seeds = [""] * len(payloads)
        if self.stochastic:
            # 31 bits of the generator's state, which only `randn` shows
            drawn = noise.randn([(4,)] * len(payloads))
            digests = (sha256(numbers.numpy().tobytes()).digest() for numbers in drawn)
            seeds = [str(int.from_bytes(digest[:4], "big") >> 1) for digest in digests]
        return [
            self._decode(payload, seed) if payload else DecodedItem(torch.zeros(0))
            for payload, seed in zip(payloads, seeds, strict=True)
        ]

    def _encode(self, signal: Tensor) -> bytes:
        with tempfile.TemporaryDirectory(prefix="nscbench-") as folder:
            source, target = Path(folder, "in.wav"), Path(folder, "out.bin")
            samples = np.frombuffer(to_pcm16(signal), "<i2")
            soundfile.write(source, samples, self.sample_rate, "PCM_16")
            self._run("encode", self.encoder, folder, {"in": str(source), "out": str(target)})
            return self._written("encode", target)

    def _decode(self, payload: bytes, seed: str) -> DecodedItem:
        with tempfile.TemporaryDirectory(prefix="nscbench-") as folder:
            source, target = Path(folder, "in.bin"), Path(folder, "out.wav")
            source.write_bytes(payload)
            filled = {"in": str(source), "out": str(target), "seed": seed}
            self._run("decode", self.decoder, folder, filled)
            self._written("decode", target)
            try:
                found = read_declared(target, self.sample_rate)
            except CodecError as error:
                told = str(error).replace(f"{folder}/", "")
                raise CodecError(f"{self.name}: what `decode` wrote: {told}") from error
            return DecodedItem(torch.from_numpy(found.signal).float(), told_of(found))

    def _written(self, key: str, target: Path) -> bytes:
        if target.is_symlink() or not target.is_file():
            raise CodecError(f"{self.name}: `{key}` wrote no file {{out}}")
        content = target.read_bytes()
        if not content:
            raise CodecError(f"{self.name}: `{key}` wrote an empty file")
        return content

    def _run(self, key: str, line: str, folder: str, filled: Mapping[str, str]) -> None:
        first, *words = self._words(key, line)
        program = self._program(first)
        if program is None:
            raise CodecError(f"{self.name}: there is no program {first}")
        with tempfile.TemporaryFile() as said:
            command = [str(program), *(self._filled(word, filled) for word in words)]
            try:
                status = run_watched(command, folder, said, self.time_limit)
            except subprocess.TimeoutExpired as error:
                raise CodecError(
                    f"{self.name}: `{key}` took more than {self.time_limit:g} s"
                ) from error
            if status:
                raise CodecError(f"{self.name}: `{key}` {_ended(status)}: {_tail(said)}")

    def _check_paths(self, key: str, line: str) -> None:
        suite = self.within_suite("").resolve()
        for word in self._words(key, line)[1:]:
            for path in _paths(self._filled(word, {})):
                if suite.is_relative_to(os.path.realpath(path)):
                    raise CodecError(
                        f"{self.name}: {key} names {path}, where the suite lies, in {word!r}: "
                        "results would change with whatever else is there; name the files and "
                        "folders that the program needs, as {suite}/FILE"
                    )

    def _words(self, key: str, line: str) -> list[str]:
        try:
            words = shlex.split(line) if isinstance(line, str) else []
        except ValueError as error:
            raise CodecError(f"{self.name}: {key} is no command line: {error}") from error
        if not words:
            raise CodecError(f"{self.name}: {self.what} needs {key}, a command line")
        return words

    def _filled(self, word: str, filled: Mapping[str, str]) -> str:
        values = {
            "kbps": f"{self.kbps:.10g}",
            "sample_rate": str(self.sample_rate),
            "suite": str(self.within_suite("")),
            **filled,
        }
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), word)

    def _named(self) -> Iterator[Path]:
        """The programs, and the files and folders that words name, as `WORD` or `--option=WORD`."""
        for key, line in (("encode", self.encoder), ("decode", self.decoder)):
            first, *words = self._words(key, line)
            if program := self._program(first):
                yield program
            for word in words:
                yield from (path for path in _paths(self._filled(word, {})) if path.exists())

    def _program(self, word: str) -> Path | None:
        found = shutil.which(self._filled(word, {}))
        return Path(found).absolute() if found else None


def _paths(word: str) -> list[Path]:
    """The absolute path that a word is, or that is behind its `=`."""
    return [p for p in map(Path, (word, word.partition("=")[2])) if p.is_absolute()]


def _ended(status: int) -> str:
    return f"ended with exit status {status}" if status > 0 else f"was killed by signal {-status}"


def _tail(said: IO[bytes]) -> str:
    """The end of what a command wrote to its standard error, on one line."""
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - 4 * _SHOWN))
    text = " ".join(said.read().decode("utf-8", "replace").split())
    return text[-_SHOWN:] or "it said nothing"
