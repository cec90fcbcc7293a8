"""The second stage: bitstream files to decoded audio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import ClassVar, Self

import soundfile

from ....codecs import Codec
from ....codecs.noise import Noise
from ...store.atomic import write_atomically
from ...store.cache import Stage
from ...store.contents import check_contents
from ...workers.work import Request
from ..coding import decode_streams
from ..maker_digests import check_maker


@dataclass(frozen=True)
class DecodedFile:
    """Decoded audio that was written; the journal keeps these fields.

    Attributes:
        sha256: of the samples.
        file_sha256: of the file.
        notices: what was done to what a program decoded.
    """

    sha256: str
    file_sha256: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decode(Request[list[DecodedFile]]):
    """Write what each bitstream decodes to, as 16-bit FLAC at the codec's rate.

    Attributes:
        items: their ids; with the draw, they seed the noise.
        draw: number of the draw.
        streams: bitstream files.
        targets: files to be written.
        maker: digest of what the run was planned with, to be checked; "" for none.
        hashes: SHA-256 of the bitstream files, to be checked; empty for none.
    """

    stage: ClassVar[Stage] = "decode"
    codec: Codec
    device: str
    items: Sequence[str]
    draw: int
    streams: Sequence[Path]
    targets: Sequence[Path]
    maker: str = ""
    hashes: Sequence[str] = ()

    @property
    def reads(self) -> tuple[Path, ...]:
        return tuple(self.streams)

    @property
    def writes(self) -> tuple[Path, ...]:
        return tuple(self.targets)

    def moved(self, here: Mapping[Path, Path]) -> Self:
        return replace(
            self,
            streams=[here[path] for path in self.streams],
            targets=[here[path] for path in self.targets],
        )

    def do(self) -> list[DecodedFile]:
        """Decode.

        Raises:
            Misfit: this process has other weights, code or libraries than planned.
            ContentError: a bitstream is not what was recorded.
            CodecError: a file is damaged, needs other weights, or decodes to too few samples or
                to what is no number.
        """
        if self.maker:
            check_maker(self.codec, self.device, self.maker)
        check_contents(self.streams, self.hashes)
        contents = [path.read_bytes() for path in self.streams]
        coder = self.codec.on(self.device)
        decoded = decode_streams(coder, contents, Noise.of(self.items, self.draw))
        files = []
        for (pcm, notices), path in zip(decoded, self.targets, strict=True):
            flac = BytesIO()  # libsndfile does not report a full disk
            soundfile.write(flac, pcm, self.codec.sample_rate, format="FLAC", subtype="PCM_16")
            write_atomically(path, flac.getvalue())
            of_samples, of_file = (
                sha256(content).hexdigest() for content in (pcm.tobytes(), flac.getvalue())
            )
            files.append(DecodedFile(of_samples, of_file, notices))
        return files
