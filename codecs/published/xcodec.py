"""X-Codec at 16 kHz: 50 frames a second, 1 to 8 stages of 10 bits, over HuBERT's features.

The checkpoint trained on LibriSpeech. The bitstream's frames are DAC's and HuBERT's together.

Z. Ye et al., "Codec Does Matter: Exploring the Semantic Shortcoming of Codec for Audio Language
Model", AAAI 2025.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ...metrics.machinery.weights import Weights, from_hub
from .published_codec import FILES, Draw, Geometry, PublishedCodec


@dataclass(frozen=True)
class Xcodec(PublishedCodec):
    """One rate of X-Codec."""

    name: ClassVar[str] = "xcodec"
    paper: ClassVar[str] = (
        'Z. Ye et al., "Codec Does Matter: Exploring the Semantic Shortcoming of Codec for '
        'Audio Language Model", AAAI 2025'
    )
    checkpoint: ClassVar[Weights] = from_hub(
        "hf-audio/xcodec-hubert-librispeech",
        "main",
        FILES,
        licence="no licence stated",
        restriction="neither its page nor the authors' repository states one",
    )
    architecture: ClassVar[str] = "XcodecModel"
    geometry: ClassVar[Geometry] = Geometry(16_000, 320, 1024, 8)
    rates: ClassVar[Mapping[float, int]] = {0.5: 1, 1: 2, 1.5: 3, 2: 4, 4: 8}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 2

    def geometry_of(self, config: Any) -> Geometry:
        return Geometry(
            config.sample_rate, config.hop_length, config.codebook_size, config.num_quantizers
        )

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        indices: Tensor = network.encode(audio, bandwidth=self.kbps).audio_codes
        return indices

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        signal: Tensor = network.decode(indices).audio_values
        return signal


CODEC = Xcodec
