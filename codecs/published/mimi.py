"""Mimi: speech at 24 kHz, 12.5 frames a second, stages of 11 bits, the first of them semantic.

Its first 8 stages, 1.1 kbit/s, are what the language model Moshi speaks.

A. Défossez et al., "Moshi: a speech-text foundation model for real-time dialogue", arXiv
2410.00037, 2024.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from .published_codec import Geometry, PublishedCodec


@dataclass(frozen=True)
class Mimi(PublishedCodec):
    """One rate of Mimi."""

    name: ClassVar[str] = "mimi"
    checkpoint: ClassVar[str] = "kyutai/mimi"
    architecture: ClassVar[str] = "MimiModel"
    geometry: ClassVar[Geometry] = Geometry(24_000, 1920, 2048, 32)
    rates: ClassVar[Mapping[float, int]] = {0.55: 4, 1.1: 8, 2.2: 16, 4.4: 32}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 1.1

    def geometry_of(self, config: Any) -> Geometry:
        return Geometry(
            config.sampling_rate, config.frame_size, config.codebook_size, config.num_quantizers
        )

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        indices: Tensor = network.encode(audio, num_quantizers=self.stages).audio_codes
        return indices

    def render(self, network: Any, indices: Tensor) -> Tensor:
        signal: Tensor = network.decode(indices).audio_values
        return signal


CODEC = Mimi
