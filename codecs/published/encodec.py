"""EnCodec at 24 kHz: 75 frames a second, 2 to 16 stages of 10 bits.

The causal mono model of A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023,
without its language model of the indices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ...metrics.machinery.weights import Weights, from_hub
from ..base import CodecError
from .published_codec import FILES, Draw, Geometry, PublishedCodec


@dataclass(frozen=True)
class Encodec(PublishedCodec):
    """One rate of EnCodec."""

    name: ClassVar[str] = "encodec"
    paper: ClassVar[str] = 'A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023'
    checkpoint: ClassVar[Weights] = from_hub(
        "facebook/encodec_24khz",
        "c1dbe2ae3f1de713481a3b3e7c47f357092ee040",
        FILES,
        sha256={
            "model.safetensors": "37a7cb100f71a29e6c1d815aca8666a1d7ea8885ebe44c306c751a5103559d57"
        },
        megabytes=93,
        licence="no licence stated",
        restriction="its page states none; the authors' repository, of the code, is MIT",
    )
    architecture: ClassVar[str] = "EncodecModel"
    geometry: ClassVar[Geometry] = Geometry(24_000, 320, 1024, 32)
    rates: ClassVar[Mapping[float, int]] = {1.5: 2, 3: 4, 6: 8, 12: 16}
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    kbps: float = 3

    def geometry_of(self, config: Any) -> Geometry:
        if config.audio_channels != 1 or config.normalize or config.chunk_length_s:
            raise CodecError(f"{self.source} is not the mono EnCodec without normalization")
        return Geometry(
            config.sampling_rate, config.hop_length, config.codebook_size, config.num_quantizers
        )

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        # [1, 1, stages, k]: one chunk
        indices: Tensor = network.encode(audio, bandwidth=float(self.kbps)).audio_codes[0]
        return indices

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        signal: Tensor = network.decode(indices[None], [None]).audio_values
        return signal


CODEC = Encodec
