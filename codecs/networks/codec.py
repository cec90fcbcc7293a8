"""The neural codec: an autoencoder with a residual vector quantizer between its ends."""

from dataclasses import dataclass

from torch import Tensor

from .autoencoder import Autoencoder, AutoencoderConfig
from .draws import DrawShape
from .quantizer import ResidualQuantizer


@dataclass(frozen=True)
class CodecConfig(AutoencoderConfig):
    """Sizes of a neural codec.

    Attributes:
        entries: of each codebook.
        stage_counts: numbers of quantizer stages that training draws from, lowest rate first.
    """

    entries: int = 1024
    stage_counts: tuple[int, ...] = (3, 6, 12)


class NeuralCodec(Autoencoder):
    """Signals [B, k * hop] to indices [B, stages, k] and back."""

    config: CodecConfig

    def __init__(self, config: CodecConfig) -> None:
        super().__init__(config)
        self.quantizer = ResidualQuantizer(config.latent, max(config.stage_counts), config.entries)

    def encode(self, audio: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, k] of signals [B, k * hop]."""
        return self.quantizer.encode(self.latents(audio), stages)

    def decode(self, indices: Tensor, draw: DrawShape, passed: Tensor | None = None) -> Tensor:
        """Signals [B, k * hop] of indices [B, stages, k]."""
        return self.synthesize(self.quantizer.decode(indices), draw, passed)
