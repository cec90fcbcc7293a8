"""The Descript Audio Codec at 16 kHz (50 frames a second) and 24 kHz (75), stages of 10 bits.

Trained with quantizer dropout, so the first stages alone are a codec of a lower rate. The authors'
own tool sets the loudness to -16 LUFS before it encodes, and sends the gain; transformers does not,
nor is it done here.

R. Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN", NeurIPS 2023.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ...metrics.machinery.weights import Weights, from_hub
from .published_codec import FILES, Draw, Geometry, PublishedCodec


@dataclass(frozen=True)
class Dac(PublishedCodec):
    """One rate of the codec at one sampling rate."""

    paper: ClassVar[str] = (
        'R. Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN", NeurIPS 2023'
    )
    architecture: ClassVar[str] = "DacModel"

    def geometry_of(self, config: Any) -> Geometry:
        return Geometry(
            config.sampling_rate, config.hop_length, config.codebook_size, config.n_codebooks
        )

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        indices: Tensor = network.encode(audio, n_quantizers=self.stages).audio_codes
        return indices

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        signal: Tensor = network.decode(audio_codes=indices).audio_values
        return signal


@dataclass(frozen=True)
class Dac16k(Dac):
    """16 kHz: up to 12 stages."""

    name: ClassVar[str] = "dac-16k"
    checkpoint: ClassVar[Weights] = from_hub(
        "descript/dac_16khz", "main", FILES, megabytes=297, licence="MIT"
    )
    geometry: ClassVar[Geometry] = Geometry(16_000, 320, 1024, 12)
    rates: ClassVar[Mapping[float, int]] = {1.5: 3, 3: 6, 6: 12}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 3


@dataclass(frozen=True)
class Dac24k(Dac):
    """24 kHz: up to 32 stages."""

    name: ClassVar[str] = "dac-24k"
    checkpoint: ClassVar[Weights] = from_hub(
        "descript/dac_24khz",
        "6ba020b5ba7d9d8076fb90db7e67f27e31980f6e",
        FILES,
        megabytes=299,
        licence="MIT",
    )
    geometry: ClassVar[Geometry] = Geometry(24_000, 320, 1024, 32)
    rates: ClassVar[Mapping[float, int]] = {1.5: 2, 3: 4, 6: 8, 12: 16, 24: 32}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 3


CODECS = (Dac16k, Dac24k)
