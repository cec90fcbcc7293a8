"""The decoder of LaDiffCodec: diffusion in the latent space of another autoencoder.

The output runs at a multiple of the condition's frame rate, so the features are upsampled to it and
enter the U-Net beside the noisy latent. The process runs over the standardized latent itself,
around nothing: the anchor is the guess from which the midway samplers start.

H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent Diffusion", ICASSP
2024. Unlike there, the guess is trained to be one, by Grad-TTS's prior loss: the published code
starts from features that no loss brings near the latent. The network predicts the velocity, which
up to the midway point is the noise less a sixth of the data, and is well-behaved to the chain's
end. Latents are standardized per channel, not divided by one number.
"""

from dataclasses import dataclass
from itertools import chain
from math import prod

from torch import Tensor, nn

from .diffusion import Anchor, DiffusionConfig, DiffusionDecoder, Guide


@dataclass(frozen=True)
class LadiffConfig(DiffusionConfig):
    """Sizes of the decoder.

    Attributes:
        upsampling: of the features; multiplies to the latent's frames in a frame of the condition.
    """

    upsampling: tuple[int, ...] = (2,)

    @property
    def continues(self) -> bool:
        """Never: the condition is the latent of another autoencoder."""
        return False

    def made_of(self, samples: int) -> int:
        return super().made_of(samples) * prod(self.upsampling)


class MidwayAnchor(Anchor):
    """The guess that the midway samplers start from; the process runs over the output itself."""

    def residual(self, target: Tensor, guide: Guide) -> Tensor:
        """The standardized output itself."""
        return target

    def around(self, residual: Tensor, guide: Guide) -> Tensor:
        """The standardized output itself."""
        return residual


class LadiffDecoder(DiffusionDecoder):
    """Latents [B, channels, k * upsampling] given a condition [B, condition_channels, k]."""

    config: LadiffConfig

    def __init__(self, config: LadiffConfig) -> None:
        super().__init__(config)
        width = config.features
        layers = [
            (nn.ELU(), nn.ConvTranspose1d(width, width, rate, rate)) for rate in config.upsampling
        ]
        self.upsample = nn.Sequential(*chain.from_iterable(layers))

    def build_anchor(self) -> MidwayAnchor:
        return MidwayAnchor(self.config, follow=False)

    def features(self, condition: Tensor) -> Tensor:
        """Features [B, features, k * upsampling]."""
        features: Tensor = self.upsample(super().features(condition))
        return features
