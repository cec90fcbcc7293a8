"""The unquantized latent through the GAN baseline's decoder: the ceiling of the latent codecs.

Training shows the decoder unquantized latents as one of the quantizer's stage counts.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..weights.pretrained import missing
from .oracle import Oracle


@dataclass(frozen=True)
class GanOracle(Oracle):
    """Encoder and decoder of the GAN baseline without the quantizer between them."""

    name: ClassVar[str] = "gan-oracle"
    component: ClassVar[str] = "gan"

    @classmethod
    def unavailable(cls) -> str:
        return missing(cls.component)

    @property
    def channels(self) -> int:
        latent: int = self.config.latent
        return latent

    def represent(self, network: Any, audio: Tensor) -> Tensor:
        latents: Tensor = network.latents(audio)
        return latents

    def render(self, network: Any, features: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network.synthesize(features, draw)
        return audio


CODEC = GanOracle
