"""White noise of the item's length: the floor of every metric.

The payload is the number of samples, 4 bytes, little endian. The noise is Gaussian, 26 dB below
full scale, the level of speech in ITU-T tests (P.830), whatever the item was.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ..base import Codec, CodecError, Kind
from ..bitstream import BitstreamError
from ..noise import Noise

RMS = 10 ** (-26 / 20)
LONGEST = 3600  # seconds: a damaged length must not allocate gigabytes

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True)
class WhiteNoise(Codec):
    """Noise that has nothing of the item but its length."""

    name: ClassVar[str] = "noise"
    kind: ClassVar[Kind] = "control"
    stochastic: ClassVar[bool] = True

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def nominal_kbps(self) -> float:
        return 0.0

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        for signal in audio:
            if len(signal) > LONGEST * self.sample_rate:
                raise CodecError(f"noise of {len(signal)} samples; at most {LONGEST} s are allowed")
        return [_LENGTH.pack(len(signal)) for signal in audio]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        lengths = [self.length(payload) for payload in payloads]
        drawn = noise.randn([(length,) for length in lengths])
        return [torch.clamp(RMS * signal, -1, 1) for signal in drawn]

    def length(self, payload: bytes) -> int:
        if len(payload) != _LENGTH.size:
            raise BitstreamError(f"{len(payload)} bytes; a payload of noise has {_LENGTH.size}")
        (samples,) = _LENGTH.unpack(payload)
        if samples > LONGEST * self.sample_rate:
            raise BitstreamError(f"noise of {samples} samples; at most {LONGEST} s are allowed")
        return int(samples)


CODEC = WhiteNoise
