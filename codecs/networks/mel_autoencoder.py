"""The mel codec: a small autoencoder of log-mel frames around a residual vector quantizer.

A linear path beside either network begins as the log-mel's principal components, at their own
sizes: a quantizer whose error is theirs then spends its bits on what the log-mel loses most by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from .convnext import ConvNeXt
from .draws import Draws
from .features import LOG_MEL_DEVIATION, LOG_MEL_MEAN, LogMel, MelConfig
from .precision import single_precision
from .principal import hold_back, principal_components
from .quantizer import Quantized, ResidualQuantizer
from .unit_size import UnitSize


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
        self.analysis = nn.Linear(bands, c.latent)
        self.synthesis = nn.Linear(c.latent, bands)
        self.unit_size = UnitSize()
        self.quantizer = ResidualQuantizer(c.latent, max(c.stage_counts), c.entries)

    def latents(self, mel: Tensor) -> Tensor:
        """Unquantized latents [B, latent, k] of log-mels [B, bands, k]."""
        seen = (mel - LOG_MEL_MEAN) / LOG_MEL_DEVIATION
        with single_precision(mel.device):
            direct = self.analysis(seen.float().transpose(1, 2)).transpose(1, 2)
        latents: Tensor = self.unit_size(direct + self.encoder(seen).float())
        return latents

    def encode(self, mel: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, k] of log-mels [B, bands, k]."""
        return self.quantizer.encode(self.latents(mel), stages)

    def decode(self, indices: Tensor) -> Tensor:
        """Log-mels [B, bands, k] of indices [B, stages, k]."""
        return self.reconstruct(self.quantizer.decode(indices))

    def reconstruct(self, latents: Tensor) -> Tensor:
        """Log-mels [B, bands, k] of latents [B, latent, k], quantized or not."""
        with single_precision(latents.device):
            direct = self.synthesis(latents.float().transpose(1, 2)).transpose(1, 2)
        mel: Tensor = direct + self.decoder(latents).float()
        return mel * LOG_MEL_DEVIATION + LOG_MEL_MEAN

    @torch.no_grad()
    def begin_linear(self, mels: Callable[[], Tensor]) -> None:
        """Let the linear paths begin as principal components of log-mels [B, bands, k].

        Channels of the latents beyond the bands are left to the networks.
        """
        mean, components, variances = principal_components(
            lambda: (mels() - LOG_MEL_MEAN) / LOG_MEL_DEVIATION, self.config.latent
        )
        size, count = variances.mean().sqrt(), len(components)
        for path in (self.analysis, self.synthesis):
            nn.init.zeros_(path.weight)
            nn.init.zeros_(path.bias)
        self.analysis.weight[:count] = (components / size).float()
        self.analysis.bias[:count] = (-(components @ mean) / size).float()
        self.synthesis.weight[:, :count] = (components.T * size).float()
        self.synthesis.bias.copy_(mean)
        hold_back(self.encoder.exit)
        hold_back(self.decoder.exit)

    def forward(self, mel: Tensor, stages: Tensor, draws: Draws) -> tuple[Tensor, Quantized]:
        """Training pass: decoded log-mels, and what the quantizer says of them."""
        quantized: Quantized = self.quantizer(self.latents(mel), stages, draws)
        return self.reconstruct(quantized.latents), quantized
