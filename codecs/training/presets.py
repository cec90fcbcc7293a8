"""The sizes in which components are trained, and their recipes.

`small` is what the package embeds: 16 kHz, trainable on one CPU core in an hour. `paper` has the
published widths at 24 kHz, for a GPU.
"""

from collections.abc import Callable
from typing import Literal

from ..features import MelConfig
from ..networks.autoencoder import AutoencoderConfig
from ..networks.codec import CodecConfig
from ..networks.discriminators import CriticConfig
from ..networks.mel_autoencoder import MelCodecConfig
from ..networks.vocoder import VocoderConfig
from .autoencoder import AutoencoderTraining
from .baselines import BASELINES
from .cells import CELLS
from .component import Component, Recipe
from .components import GanCodec, MelAutoencoder, VocoderTraining

Size = Literal["small", "paper"]

MEL_24K = MelConfig(24_000, n_fft=1280, hop=320, bands=100, fmax=12_000.0)
STFT_CRITICS_SMALL = CriticConfig(
    stft_sizes=(1024, 512, 256), stft_filters=16, stft_strides=(4, 2, 2)
)
STFT_CRITICS_PAPER = CriticConfig(stft_sizes=(2048, 1024, 512, 256, 128))
VOCODER_CRITICS_SMALL = CriticConfig(
    stft_sizes=(1024, 256),
    stft_filters=16,
    stft_strides=(4, 2, 2),
    periods=(2, 3, 5, 7, 11),
    period_channels=(8, 16, 32, 64, 64),
)
VOCODER_CRITICS_PAPER = CriticConfig(periods=(2, 3, 5, 7, 11), scales=3)


def gan(size: Size) -> Component:
    """The GAN baseline; the small one is the frame-rate design."""
    if size == "paper":
        config = CodecConfig(
            24_000, latent=128, stage_counts=(2, 4, 8), design="seanet", filters=32
        )
        recipe = Recipe(64, 24_000, 3e-4, 3e-4, reconstruction_share=0.1)
        return GanCodec(config, STFT_CRITICS_PAPER, recipe)
    # discriminators this small must learn at every step: at every other one, the codec
    # had them back at chance level after sixty steps
    recipe = Recipe(4, 20_480, 2e-3, 1e-3, reconstruction_share=0.5, critic_interval=1)
    return GanCodec(CodecConfig(), STFT_CRITICS_SMALL, recipe)


def gan_seanet(size: Size) -> Component:
    """The GAN baseline as SEANet in either size, for the comparison at equal training time."""
    if size == "paper":
        return gan(size)
    config = CodecConfig(design="seanet")
    recipe = Recipe(4, 20_480, 5e-4, 1e-3, reconstruction_share=0.5, critic_interval=1)
    return GanCodec(config, STFT_CRITICS_SMALL, recipe)


def ladiff_autoencoder(size: Size) -> Component:
    """LaDiffCodec's continuous autoencoder: latents at 200 Hz, at 3 kHz when paper."""
    if size == "paper":
        config = AutoencoderConfig(24_000, hop=8, latent=128, design="seanet")
        recipe = Recipe(64, 24_000, 3e-4, 3e-4, reconstruction_share=0.1)
        return AutoencoderTraining(config, STFT_CRITICS_PAPER, recipe)
    recipe = Recipe(4, 20_480, 2e-3, 1e-3, reconstruction_share=0.5, critic_interval=1)
    return AutoencoderTraining(AutoencoderConfig(), STFT_CRITICS_SMALL, recipe)


def mel(size: Size) -> Component:
    """The mel codec."""
    if size == "paper":
        config = MelCodecConfig(
            MEL_24K, latent=128, stage_counts=(2, 4), dim=512, encoder_depth=6, decoder_depth=8
        )
        return MelAutoencoder(config, Recipe(64, 48_000, 5e-4))
    return MelAutoencoder(MelCodecConfig(), Recipe(16, 20_480, 2e-3))


def vocoder(size: Size) -> Component:
    """HiFi-GAN: V2 is the small size, V1 with the published discriminators the other."""
    if size == "paper":
        config = VocoderConfig(MEL_24K, channels=512)
        recipe = Recipe(16, 9_600, 2e-4, 2e-4, reconstruction_share=0.0, critic_interval=1)
        return VocoderTraining(config, VOCODER_CRITICS_PAPER, recipe)
    recipe = Recipe(4, 10_240, 1e-3, reconstruction_share=0.5)
    return VocoderTraining(VocoderConfig(), VOCODER_CRITICS_SMALL, recipe)


def vocoder_spectral(size: Size) -> Component:
    """The frame-rate vocoder, for the comparison at equal training time."""
    if size == "paper":
        config = VocoderConfig(MEL_24K, design="spectral", dim=512, depth=8, n_fft=1280)
        recipe = Recipe(16, 19_200, 5e-4, reconstruction_share=0.0, critic_interval=1)
        return VocoderTraining(config, VOCODER_CRITICS_PAPER, recipe)
    recipe = Recipe(4, 20_480, 1e-3, reconstruction_share=0.5)
    return VocoderTraining(VocoderConfig(design="spectral"), VOCODER_CRITICS_SMALL, recipe)


COMPONENTS: dict[str, Callable[[Size], Component]] = {
    "gan": gan,
    "gan-seanet": gan_seanet,
    "mel": mel,
    "vocoder": vocoder,
    "vocoder-spectral": vocoder_spectral,
    "ladiff-autoencoder": ladiff_autoencoder,
    **CELLS,
    **BASELINES,
}
