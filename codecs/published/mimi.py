"""Mimi: speech at 24 kHz, 12.5 frames a second, stages of 11 bits, the first of them semantic.

Its first 8 stages, 1.1 kbit/s, are what the language model Moshi speaks.

A. Défossez et al., "Moshi: a speech-text foundation model for real-time dialogue", arXiv
2410.00037, 2024.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ...metrics.machinery.weights import Weights, from_hub
from .published_codec import FILES, Draw, Geometry, PublishedCodec


@dataclass(frozen=True)
class Mimi(PublishedCodec):
    """One rate of Mimi."""

    name: ClassVar[str] = "mimi"
    paper: ClassVar[str] = (
        'A. Défossez et al., "Moshi: a speech-text foundation model for real-time dialogue", '
        "arXiv 2410.00037, 2024"
    )
    checkpoint: ClassVar[Weights] = from_hub(
        "kyutai/mimi",
        "89091b3e466eb6a9d11e537bf26b144f194978f7",
        FILES,
        sha256={
            "config.json": "aca6f44b04f7bc2e7466b71597d2d51e463ed1cf3cd7025d8848595580546c36",
            "model.safetensors": "bac7e85083dcded655d24eaadde7e6eea34c0da1b35fa2d284e641bd2b942a5e",
        },
        sizes={"config.json": 1117, "model.safetensors": 384_649_828},
        megabytes=385,
        licence="CC-BY-4.0",
    )
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

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        signal: Tensor = network.decode(indices).audio_values
        return signal


CODEC = Mimi
