"""The GAN baseline: encoder, residual vector quantizer and decoder trained adversarially.

The reference point of the suite: every latent-conditioned diffusion codec shares its encoder and
its quantizer, and all are trained on the same data.

A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023 (EnCodec).
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.draws import DrawShape
from ..weights.parts import GAN, Part
from ..weights.pretrained import config
from .token_codec import TokenCodec


@dataclass(frozen=True)
class Gan(TokenCodec):
    """One rate of the baseline; `weights` are embedded ones by name, or a path."""

    name: ClassVar[str] = "gan"
    paper: ClassVar[str] = 'A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023'
    rates: ClassVar[tuple[float, ...]] = (1.5, 3.0, 6.0)
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    weights: str = field(default="gan", metadata={"in_name": False})

    @property
    def tokenizer(self) -> Part[CodecConfig, NeuralCodec]:
        return GAN

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return config(self.weights, GAN).draws

    @property
    def parts(self) -> dict[str, str]:
        return {GAN.name: self.weights}

    def tokenize(self, audio: Tensor) -> Tensor:
        return self.network(GAN).encode(audio, self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        return self.network(GAN).decode(indices, draw)


CODEC = Gan
