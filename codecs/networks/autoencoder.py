"""The autoencoder behind the neural codec and `ladiff`: encoder and decoder of one configuration.

Three designs share everything else: `spectral` (ConvNeXt, inverse-STFT head), `seanet` (EnCodec's
convolutions over samples) and `source-filter` (pulses and noise at the voice's pitch, which the
latents carry).

Latents are of known size for the quantizer and for latent diffusion: of the source-filter design by
one number (`unit_size`), of the others normalized to unit variance over the channels of each frame,
without learned scale.

Without a quantizer, its latents are the space in which `ladiff` diffuses: H. Yang et al.,
"Generative De-Quantization for Neural Speech Codec via Latent Diffusion", ICASSP 2024.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from .convnext import Fine, SpectralDecoder, SpectralEncoder
from .draws import DrawShape
from .features import MelConfig
from .seanet import SeanetDecoder, SeanetEncoder
from .source_filter import SourceFilterConfig, SourceFilterDecoder, Voiced
from .voice_encoder import VoiceEncoder

Design = Literal["spectral", "seanet", "source-filter"]


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of an autoencoder.

    Attributes:
        dim, encoder_depth: of the encoder, n_fft of its spectra, but for SEANet.
        decoder_dim, decoder_depth: of the spectral decoder; the width is `dim` if 0.
        fine_encoder, fine_decoder: of its blocks at a multiple of the frame rate, if any.
        source_filter: of the source-filter decoder.
        filters, ratios, recurrent_layers: of the SEANet design; the ratios multiply to `hop`.
        normalized: does its encoder normalize each channel over the batch?
    """

    sample_rate: int = 16_000
    hop: int = 320
    latent: int = 64
    design: Design = "spectral"
    dim: int = 256
    encoder_depth: int = 4
    decoder_depth: int = 6
    n_fft: int = 960
    decoder_dim: int = 0
    fine_encoder: Fine | None = None
    fine_decoder: Fine | None = None
    filters: int = 16
    ratios: tuple[int, ...] = (8, 5, 4, 2)
    recurrent_layers: int = 2
    normalized: bool = False
    source_filter: SourceFilterConfig | None = None

    @property
    def mel(self) -> MelConfig:
        """The log-mel that the source-filter decoder tells."""
        return MelConfig(self.sample_rate, hop=self.hop, fmax=self.sample_rate / 2)

    @property
    def draws(self) -> bool:
        """Does the decoder draw pulses and noise?"""
        return self.design == "source-filter"


class Autoencoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k] and back."""

    config: AutoencoderConfig

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = _ends(config)

    def latents(self, audio: Tensor) -> Tensor:
        """Unquantized latents [B, latent, k] of signals [B, k * hop]."""
        y: Tensor = self.encoder(audio).float()
        if self.config.design == "source-filter":
            return y
        return F.layer_norm(y.transpose(1, 2), (self.config.latent,)).transpose(1, 2)

    def synthesize(self, latents: Tensor, draw: DrawShape, passed: Tensor | None = None) -> Tensor:
        """Signals [B, k * hop] of latents [B, latent, k], quantized or not.

        Args:
            draw: gives the phase and the noise of the source-filter design.
            passed: periods passed at every sample [B, k * hop], where training knows real pulses.
        """
        if isinstance(self.decoder, SourceFilterDecoder):
            made: Voiced = self.decoder(latents, draw, passed=passed)
            return made.audio
        audio: Tensor = self.decoder(latents).float()
        return audio


def _ends(c: AutoencoderConfig) -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder of the configured design."""
    if c.design == "seanet":
        return (
            SeanetEncoder(c.filters, c.ratios, c.latent, c.recurrent_layers, c.normalized),
            SeanetDecoder(c.filters, c.ratios, c.latent, c.recurrent_layers),
        )
    if c.design == "source-filter":
        sizes = c.source_filter or SourceFilterConfig()
        return (
            VoiceEncoder(c.latent, c.mel, c.dim, c.encoder_depth),
            SourceFilterDecoder(c.latent, c.mel, sizes),
        )
    width = c.decoder_dim or c.dim
    return (
        SpectralEncoder(c.n_fft, c.hop, c.dim, c.encoder_depth, c.latent, c.fine_encoder),
        SpectralDecoder(c.n_fft, c.hop, width, c.decoder_depth, c.latent, c.fine_decoder),
    )
