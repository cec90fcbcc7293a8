"""EnCodec at 24 kHz: 75 frames a second, 2 to 16 stages of 10 bits.

The causal mono model of A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023,
without its language model of the indices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ..base import CodecError
from .published_codec import Geometry, PublishedCodec


@dataclass(frozen=True)
class Encodec(PublishedCodec):
    """One rate of EnCodec."""

    name: ClassVar[str] = "encodec"
    checkpoint: ClassVar[str] = "facebook/encodec_24khz"
    architecture: ClassVar[str] = "EncodecModel"
    geometry: ClassVar[Geometry] = Geometry(24_000, 320, 1024, 32)
    rates: ClassVar[Mapping[float, int]] = {1.5: 2, 3: 4, 6: 8, 12: 16}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 3

    def geometry_of(self, config: Any) -> Geometry:
        if config.audio_channels != 1 or config.normalize or config.chunk_length_s:
            raise CodecError(
                f"{self.weights or self.checkpoint} is not the mono EnCodec without normalization"
            )
        return Geometry(
            config.sampling_rate, config.hop_length, config.codebook_size, config.num_quantizers
        )

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        # [1, 1, stages, k]: one chunk
        indices: Tensor = network.encode(audio, bandwidth=float(self.kbps)).audio_codes[0]
        return indices

    def render(self, network: Any, indices: Tensor) -> Tensor:
        signal: Tensor = network.decode(indices[None], [None]).audio_values
        return signal


CODEC = Encodec
