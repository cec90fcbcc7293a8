"""Lyra V2 of Google, 16 kHz: a SoundStream of 50 frames a second at 3.2, 6 and 9.2 kbit/s.

A frame is 16, 30 or 46 indices of 4 bits, the first stage in the most significant bits and nothing
beside them: 8, 15 or 23 bytes, the packets of the published program. It has neither overlap nor
look-ahead: its algorithmic delay is one frame. Discontinuous transmission is off. What is played
for packets that never came: `lyra_concealment`.

Which packets an encoder makes depends on the last bits of its arithmetic, so that another processor
may give others of the same quality.

N. Zeghidour et al., "SoundStream: An End-to-End Neural Audio Codec", IEEE/ACM TASLP 30, 2022;
https://github.com/google/lyra, version 1.3.2.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ...metrics.machinery.weights import Weights
from ..base import CodecError
from ..coding.framed import Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from ..tokens import Tokens
from .lyra_concealment import Receiver
from .lyra_networks import DECODER, ENCODER, QUANTIZER, Decoder, Encoder, Quantizer


class File(NamedTuple):
    """One file as its publisher has it."""

    name: str
    size: int  # bytes
    sha256: str


LICENCE = "Apache-2.0"
URL = "https://raw.githubusercontent.com/google/lyra/v1.3.2/lyra/model_coeffs"
FILES = (
    File(ENCODER, 1_779_200, "237da0b16226fb0a68d49551c81bebf614e42142af72764448359f68581e88f1"),
    File(QUANTIZER, 329_012, "841ee05989687d32d1f616a8ad1419fc7eda37599d3c05c7cf5a0d60ccf8ac5c"),
    File(DECODER, 1_475_160, "50e7839cda4f30599a3a34cfaddcd9c98449b049eee884e1a74295780448ad06"),
)
WEIGHTS = Weights(
    "lyra",
    URL,
    tuple(file.name for file in FILES),
    {file.name: file.sha256 for file in FILES},
    sizes={file.name: file.size for file in FILES},
    megabytes=3.6,
    licence=LICENCE,
)


@dataclass(frozen=True)
class Lyra(StreamingConcealingCodec):
    """One rate of Lyra V2."""

    name: ClassVar[str] = "lyra"
    paper: ClassVar[str] = (
        'N. Zeghidour et al., "SoundStream: An End-to-End Neural Audio Codec", IEEE/ACM '
        "TASLP 30, 2022"
    )
    licence: ClassVar[str] = "Apache-2.0"
    checkpoint: ClassVar[Weights] = WEIGHTS
    rates: ClassVar[Mapping[float, int]] = {3.2: 64, 6: 120, 9.2: 184}
    frame: ClassVar[int] = 320
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 6

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def stages(self) -> int:
        """Number of quantizer stages at this rate."""
        return self.frame_bits // 4

    @property
    def backend(self) -> str:
        return f"LiteRT {version('ai-edge-litert')}"

    @property
    def fingerprint(self) -> str:
        return WEIGHTS.fingerprint

    @classmethod
    def unavailable(cls) -> str:
        try:
            version("ai-edge-litert")
        except PackageNotFoundError:
            return "ai-edge-litert is missing: pip install ai-edge-litert"
        return WEIGHTS.missing()

    def tokens(self, payload: bytes) -> Tokens:
        indices = torch.from_numpy(unpacked(self.unpack(payload)).astype(np.int64))
        rate = self.sample_rate / self.frame
        return Tokens(tuple(indices.reshape(-1, self.stages).T), 16, len(indices), rate)

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        encoder, quantizer = Encoder(WEIGHTS.folder), Quantizer(WEIGHTS.folder)

        def encode(samples: Samples, last: bool) -> Frames:
            indices = [quantizer.indices(encoder(frame), self.stages) for frame in samples]
            return packed(np.array(indices, np.int32).reshape(-1, self.stages))

        yield encode

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        quantizer, receiver = Quantizer(WEIGHTS.folder), Receiver(Decoder(WEIGHTS.folder))

        def decode(frames: Frames, lost: Lost, last: bool) -> NDArray[np.int16]:
            features = [
                np.zeros(0, np.float32) if gone else quantizer.features(indices)
                for indices, gone in zip(unpacked(frames), lost, strict=True)
            ]
            return receiver.receive(features, lost)

        yield decode


def packed(indices: NDArray[np.int32]) -> Frames:
    """Packets [N, stages / 2] of indices [N, stages] of 4 bits, the first in the upper half.

    Raises:
        CodecError: an index is not one of 4 bits.
    """
    if indices.size and (indices.min() < 0 or indices.max() > 15):
        raise CodecError(f"indices {indices.min()}..{indices.max()}; 4 bits hold 0..15")
    return (indices[:, ::2] << 4 | indices[:, 1::2]).astype(np.uint8)


def unpacked(frames: Frames) -> NDArray[np.int32]:
    """Indices [N, stages] of packets [N, stages / 2]."""
    indices = np.stack([frames >> 4, frames & 15], axis=2).astype(np.int32)
    return indices.reshape(len(frames), 2 * frames.shape[1])


CODEC = Lyra
