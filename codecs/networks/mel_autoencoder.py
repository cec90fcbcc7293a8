"""The mel codec: a small autoencoder of log-mel frames around a residual vector quantizer.

Latents are normalized per frame as the neural codec's are, for the same reason (`networks.codec`).
"""

from dataclasses import dataclass, field

from torch import Tensor, nn
from torch.nn import functional as F

from .convnext import ConvNeXt
from .draws import Draws
from .features import LogMel, MelConfig
from .quantizer import Quantized, ResidualQuantizer

# roughly the mean and the deviation of speech's log-mels: the network sees values of order one
LOG_MEL_MEAN = -5.0
LOG_MEL_DEVIATION = 2.5


@dataclass(frozen=True)
class MelCodecConfig:
    """Sizes of a mel codec; `stage_counts` as in `CodecConfig`."""

    mel: MelConfig = field(default_factory=MelConfig)
    latent: int = 64
    entries: int = 1024
    stage_counts: tuple[int, ...] = (3, 6)
    dim: int = 256
    encoder_depth: int = 4
    decoder_depth: int = 4

    @property
    def sample_rate(self) -> int:
        """Hz of the signals."""
        return self.mel.sample_rate

    @property
    def hop(self) -> int:
        """Samples per frame."""
        return self.mel.hop


class MelCodec(nn.Module):
    """Log-mels [B, bands, k] to indices [B, stages, k] and back."""

    def __init__(self, config: MelCodecConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        bands = c.mel.bands
        self.log_mel = LogMel(c.mel)
        self.encoder = ConvNeXt(bands, c.dim, c.encoder_depth, c.latent, kernel=7)
        self.decoder = ConvNeXt(c.latent, c.dim, c.decoder_depth, bands, kernel=7)
        self.quantizer = ResidualQuantizer(c.latent, max(c.stage_counts), c.entries)

    def latents(self, mel: Tensor) -> Tensor:
        """Unquantized latents [B, latent, k] of log-mels [B, bands, k]."""
        y = self.encoder((mel - LOG_MEL_MEAN) / LOG_MEL_DEVIATION).float()
        return F.layer_norm(y.transpose(1, 2), (self.config.latent,)).transpose(1, 2)

    def encode(self, mel: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, k] of log-mels [B, bands, k]."""
        return self.quantizer.encode(self.latents(mel), stages)

    def decode(self, indices: Tensor) -> Tensor:
        """Log-mels [B, bands, k] of indices [B, stages, k]."""
        return self.reconstruct(self.quantizer.decode(indices))

    def reconstruct(self, latents: Tensor) -> Tensor:
        """Log-mels [B, bands, k] of latents [B, latent, k], quantized or not."""
        mel: Tensor = self.decoder(latents).float()
        return mel * LOG_MEL_DEVIATION + LOG_MEL_MEAN

    def forward(self, mel: Tensor, stages: Tensor, draws: Draws) -> tuple[Tensor, Quantized]:
        """Training pass: decoded log-mels, and what the quantizer says of them."""
        quantized: Quantized = self.quantizer(self.latents(mel), stages, draws)
        return self.reconstruct(quantized.latents), quantized
