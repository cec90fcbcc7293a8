"""A continuous autoencoder at a high frame rate: the latent space in which `ladiff` diffuses.

It has no quantizer, since its latents are never sent. Encoder and decoder are those of the
neural codec, at a hop of some samples instead of a frame's; so is the normalization of the latents
over their channels.

H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent Diffusion", ICASSP
2024 (LaDiffCodec).
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from .codec import Design
from .convnext import SpectralDecoder, SpectralEncoder
from .draws import DrawShape
from .seanet import SeanetDecoder, SeanetEncoder


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of a continuous autoencoder.

    Attributes:
        dim, encoder_depth, decoder_depth, n_fft: of the spectral design.
        filters, ratios, recurrent_layers: of the SEANet design; the ratios multiply to `hop`.
    """

    sample_rate: int = 16_000
    hop: int = 80
    latent: int = 32
    design: Design = "spectral"
    dim: int = 128
    encoder_depth: int = 4
    decoder_depth: int = 6
    n_fft: int = 320
    filters: int = 32
    ratios: tuple[int, ...] = (8,)
    recurrent_layers: int = 2


class ContinuousAutoencoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k] and back."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.encoder: nn.Module
        self.decoder: nn.Module
        if c.design == "spectral":
            self.encoder = SpectralEncoder(c.n_fft, c.hop, c.dim, c.encoder_depth, c.latent)
            self.decoder = SpectralDecoder(c.n_fft, c.hop, c.dim, c.decoder_depth, c.latent)
        else:
            self.encoder = SeanetEncoder(c.filters, c.ratios, c.latent, c.recurrent_layers)
            self.decoder = SeanetDecoder(c.filters, c.ratios, c.latent, c.recurrent_layers)

    def latents(self, audio: Tensor) -> Tensor:
        """Latents [B, latent, k], of unit variance over the channels of each frame."""
        y = self.encoder(audio).float()
        return F.layer_norm(y.transpose(1, 2), (self.config.latent,)).transpose(1, 2)

    def synthesize(self, latents: Tensor, draw: DrawShape | None = None) -> Tensor:
        """Signals [B, k * hop] of latents [B, latent, k]; nothing is drawn."""
        audio: Tensor = self.decoder(latents).float()
        return audio

    def forward(self, audio: Tensor) -> Tensor:
        """Signals [B, k * hop] through the latents."""
        return self.synthesize(self.latents(audio))
