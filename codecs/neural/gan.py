"""The GAN baseline: encoder, residual vector quantizer and decoder trained adversarially.

The reference point of the suite: every latent-conditioned diffusion codec shares its encoder and
its quantizer, and all are trained on the same data.

A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023 (EnCodec).
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..weights.pretrained import missing
from .token_codec import TokenCodec


@dataclass(frozen=True)
class Gan(TokenCodec):
    """One rate of the baseline; `weights` are embedded ones by name, or a path."""

    name: ClassVar[str] = "gan"
    rates: ClassVar[tuple[float, ...]] = (1.5, 3.0, 6.0)
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    weights: str = field(default="gan", metadata={"in_name": False})

    @classmethod
    def unavailable(cls) -> str:
        return missing("gan")

    @property
    def components(self) -> dict[str, str]:
        return {"gan": self.weights}

    def tokenize(self, audio: Tensor) -> Tensor:
        indices: Tensor = self.network("gan").encode(audio, self.stages)
        return indices

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = self.network("gan").decode(indices, draw)
        return audio


CODEC = Gan
