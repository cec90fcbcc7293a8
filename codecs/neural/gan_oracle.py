"""The unquantized latent through the GAN baseline's decoder: the ceiling of the latent codecs.

Training shows the decoder unquantized latents as one of the quantizer's stage counts.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.draws import DrawShape
from ..weights.parts import GAN, Part
from .oracle import Oracle


@dataclass(frozen=True)
class GanOracle(Oracle[CodecConfig, NeuralCodec]):
    """Encoder and decoder of the GAN baseline without the quantizer between them."""

    name: ClassVar[str] = "gan-oracle"

    @property
    def part(self) -> Part[CodecConfig, NeuralCodec]:
        return GAN

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return self.config.draws

    @property
    def channels(self) -> int:
        return self.config.latent

    def represent(self, network: NeuralCodec, audio: Tensor) -> Tensor:
        return network.latents(audio)

    def render(self, network: NeuralCodec, features: Tensor, draw: DrawShape) -> Tensor:
        return network.synthesize(features, draw)


CODEC = GanOracle
