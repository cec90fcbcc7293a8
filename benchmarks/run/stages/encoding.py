"""The first stage: recordings to bitstream files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Self

from ....codecs import Codec, CodecError
from ....codecs.bitstream import header_for, pack
from ...store.atomic import write_atomically
from ...store.cache import Stage
from ...store.contents import check_contents
from ...workers.work import Request
from ..coding import read_for
from ..maker_digests import check_maker


@dataclass(frozen=True)
class EncodedFile:
    """A bitstream file that was written; the journal keeps these fields.

    Attributes:
        seconds: of the recording at the codec's rate.
        payload_bits, container_bits: of the file; both together are all of it.
        entropy_bits: of the payload under the codec's model of its indices; None without one.
        sha256: of the file.
        notices: what was done to the recording before it was encoded, and to audio that was decoded
            elsewhere.
    """

    seconds: float
    payload_bits: int
    container_bits: int
    entropy_bits: float | None
    sha256: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Encode(Request[list[EncodedFile]]):
    """Write the bitstream of each recording.

    Attributes:
        items: their ids; they only name the files of audio that was decoded elsewhere.
        recordings: to be encoded.
        streams: files to be written.
        maker: digest of what the run was planned with, to be checked; "" for none.
        hashes: SHA-256 of the recordings, to be checked; empty for none.
    """

    stage: ClassVar[Stage] = "encode"
    codec: Codec
    device: str
    items: Sequence[str]
    recordings: Sequence[Path]
    streams: Sequence[Path]
    maker: str = ""
    hashes: Sequence[str] = ()

    @property
    def reads(self) -> tuple[Path, ...]:
        return tuple(self.recordings)

    @property
    def writes(self) -> tuple[Path, ...]:
        return tuple(self.streams)

    def moved(self, here: Mapping[Path, Path]) -> Self:
        return replace(
            self,
            recordings=[here[path] for path in self.recordings],
            streams=[here[path] for path in self.streams],
        )

    def do(self) -> list[EncodedFile]:
        """Encode.

        Raises:
            Misfit: this process has other weights, code or libraries than planned.
            ContentError: a recording is not what was planned.
            AudioError, CodecError: a recording cannot be read, or not be encoded.
        """
        if self.maker:
            check_maker(self.codec, self.device, self.maker)
        check_contents(self.recordings, self.hashes)
        if lacking := self.codec.lacking_items(self.items):
            raise CodecError(lacking)
        read = [read_for(self.codec, path) for path in self.recordings]
        coder = self.codec.on(self.device)
        audio, notices, gains = zip(*read, strict=True)
        encoded = coder.encode_items(self.items, audio, gains)
        return [
            self._written(len(signal), (*told, *one.notices), one.payload, path)
            for signal, told, one, path in zip(audio, notices, encoded, self.streams, strict=True)
        ]

    def _written(
        self, samples: int, notices: tuple[str, ...], payload: bytes, path: Path
    ) -> EncodedFile:
        header = header_for(self.codec, samples)
        stream = pack(header, payload)
        write_atomically(path, stream)
        return EncodedFile(
            seconds=samples / self.codec.sample_rate,
            payload_bits=8 * len(payload),
            container_bits=header.container_bits,
            entropy_bits=self.codec.entropy_bits(payload),
            sha256=sha256(stream).hexdigest(),
            notices=notices,
        )
