"""MNRU, the modulated noise reference unit (ITU-T P.810): speech with noise that follows it.

    y(n) = x(n) (1 + 10^(-Q/20) N(n))

N is white Gaussian noise of unit variance, so that Q is the ratio in dB of the power of speech to
that of noise, in every segment. No filter limits the band of the noise.
The payload is the clean speech, 16-bit PCM; the noise is the decoder's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..noise import Noise
from ..settings import choose
from .pcm import Pcm

LADDER = (5, 10, 15, 20, 25, 30, 35)


@dataclass(frozen=True)
class Mnru(Pcm):
    """The item with modulated noise, `q` dB below it."""

    name: ClassVar[str] = "mnru"
    stochastic: ClassVar[bool] = True
    main_field: ClassVar[str | None] = "q"
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = tuple({"q": q} for q in LADDER)

    q: float = 20

    def __post_init__(self) -> None:
        choose(self, "q", LADDER)

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        speech = super().decode(payloads, noise)
        drawn = noise.randn([tuple(signal.shape) for signal in speech])
        gain = 10 ** (-self.q / 20)
        return [
            torch.clamp(signal * (1 + gain * white), -1, 1)
            for signal, white in zip(speech, drawn, strict=True)
        ]


CODEC = Mnru
