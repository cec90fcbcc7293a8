"""Linear PCM, 16 bit: the transparent control, every metric's ceiling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from ..base import Codec, CodecError, Kind
from ..bitstream import BitstreamError
from ..noise import Noise


def to_pcm16(audio: Tensor) -> bytes:
    """Little-endian 16-bit samples of a signal [T], clipped to full scale.

    Raises:
        CodecError: NaN or infinite samples.
    """
    scaled = np.rint(audio.detach().numpy().astype(np.float64) * 32768)
    if not np.isfinite(scaled).all():
        raise CodecError("the signal has NaN or infinite samples")
    return np.clip(scaled, -32768, 32767).astype("<i2").tobytes()


def from_pcm16(payload: bytes) -> Tensor:
    """The signal [T] of 16-bit samples.

    Raises:
        BitstreamError: an odd number of bytes.
    """
    if len(payload) % 2:
        raise BitstreamError(f"{len(payload)} bytes are not a whole number of 16-bit samples")
    return torch.from_numpy(np.frombuffer(payload, "<i2").astype(np.float32) / 32768)


@dataclass(frozen=True)
class Pcm(Codec):
    """16-bit samples as they are."""

    name: ClassVar[str] = "pcm"
    kind: ClassVar[Kind] = "control"

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def nominal_kbps(self) -> float:
        return 16 * self.sample_rate / 1000

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [to_pcm16(signal) for signal in audio]

    def length(self, payload: bytes) -> int:
        return len(payload) // 2

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [from_pcm16(payload) for payload in payloads]


CODEC = Pcm
