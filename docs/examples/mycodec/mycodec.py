"""Adaptive differential PCM, two bits a sample: 32 kbit/s at 16 kHz."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from nscbench.codecs.base import Codec, CodecError
from nscbench.codecs.coding.packing import pack, unpack
from nscbench.codecs.noise import Noise

LEVELS = np.array([-1.5, -0.5, 0.5, 1.5])
GROWTH = np.array([1.6, 0.8, 0.8, 1.6])  # of the step, by level


@dataclass(frozen=True)
class MyCodec(Codec):
    """One operating point: every setting is a field."""

    name: ClassVar[str] = "mycodec"
    operating_points: ClassVar = ({"kbps": 32},)

    kbps: float = 32

    def __post_init__(self) -> None:
        if self.kbps != 32:
            raise CodecError(f"mycodec has no kbps={self.kbps}; there is 32")

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def nominal_kbps(self) -> float:
        return self.kbps

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [_encode(signal.double().numpy()) for signal in audio]

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [_decode(payload) for payload in payloads]


def _encode(signal: np.ndarray) -> bytes:
    chosen, value, step = [], 0.0, 0.01
    for sample in signal:
        level = int(np.clip(np.floor((sample - value) / step) + 2, 0, 3))
        value, step = _next(level, value, step)
        chosen.append(level)
    return pack(np.array(chosen, np.int64), 2)


def _decode(payload: bytes) -> Tensor:
    samples, value, step = [], 0.0, 0.01
    for level in unpack(payload, 2, 4 * len(payload)):
        value, step = _next(int(level), value, step)
        samples.append(value)
    return torch.tensor(samples, dtype=torch.float32)


def _next(level: int, value: float, step: float) -> tuple[float, float]:
    value = float(np.clip(value + LEVELS[level] * step, -1, 1))
    return value, float(np.clip(step * GROWTH[level], 1e-3, 0.5))


CODEC = MyCodec
