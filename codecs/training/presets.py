"""The sizes in which components are trained, and their recipes.

`small` is what the package embeds: 16 kHz, decoded faster than real time by one core of a CPU.
`paper` has the published widths at 24 kHz. Discriminators are a choice of their own: the `small`
ones are all that a CPU can feed, `medium` ones make better use of a GPU.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ..base import CodecError
from ..networks.autoencoder import AutoencoderConfig
from ..networks.codec import CodecConfig
from ..networks.convnext import Fine
from ..networks.discriminators import CriticConfig, Critics
from ..networks.features import MelConfig
from ..networks.mel_autoencoder import MelCodecConfig
from ..networks.source_filter import SourceFilterConfig
from ..networks.vocoder import VocoderConfig
from .autoencoder import AutoencoderTraining
from .baselines import BASELINES
from .cells import CELLS
from .component import Component, Recipe
from .gan import GanCodec
from .mel import MelAutoencoder
from .sizes import Size
from .vocoder import VocoderTraining

CriticSize = Literal["small", "medium", "paper"]

MEL_24K = MelConfig(24_000, n_fft=1280, hop=320, bands=100, fmax=12_000.0)
STFT_SMALL = CriticConfig(stft_sizes=(1024, 512, 256), stft_filters=16, stft_strides=(4, 2, 2))
PERIODS = (2, 3, 5, 7, 11)
MEDIUM = CriticConfig(
    stft_sizes=(1024, 512, 256),
    stft_filters=32,
    stft_strides=(2, 2, 2),
    periods=PERIODS,
    period_channels=(16, 64, 128, 256, 256),
)
CODEC_CRITICS: dict[CriticSize, CriticConfig] = {
    "small": STFT_SMALL,
    "medium": MEDIUM,
    "paper": CriticConfig(stft_sizes=(2048, 1024, 512, 256, 128)),
}
VOCODER_CRITICS: dict[CriticSize, CriticConfig] = {
    "small": replace(
        STFT_SMALL,
        stft_sizes=(1024, 256),
        periods=PERIODS,
        period_channels=(8, 16, 32, 64, 64),
    ),
    "medium": MEDIUM,
    "paper": CriticConfig(periods=PERIODS, scales=3),
}
# short windows, four times a frame
FINE_ENCODER = Fine(rate=4, dim=128, depth=2)
FINE_DECODER = Fine(rate=4, dim=320, depth=8)
FINE_N_FFT = 320

# discriminators this small must learn at every step: at every other one, the codec had them back at
# chance level after sixty steps. Beside a good decoder they must learn fast, too: they took 2300
# steps at 1.5e-4 and 600 at 2e-3 for a loss of 0.44 each, where 0.5 is chance.
SMALL_RECIPE = Recipe(
    *(4, 20_480, 1e-3, 2e-3),
    reconstruction_share=0.3,
    critic_interval=1,
    critic_crop=8000,
    plain_share=0.1,
)
REGRESSION_RECIPE = Recipe(4, 20_480, 1.5e-3, plain_share=0.1)
SOURCE_FILTER_CODEC = SourceFilterConfig(dim=384, depth=4, projections=1)
SMALL_CODEC = CodecConfig(design="source-filter", source_filter=SOURCE_FILTER_CODEC)
SMALL_VOCODER = VocoderConfig(design="source-filter", source_filter=SourceFilterConfig())


def gan(size: Size) -> Component:
    """The GAN baseline; the small one is the source-filter design."""
    if size == "paper":
        config = CodecConfig(
            24_000,
            latent=128,
            stage_counts=(2, 4, 8),
            design="seanet",
            filters=32,
            normalized=True,
        )
        recipe = Recipe(64, 24_000, 3e-4, 3e-4, reconstruction_share=0.1)
        return GanCodec(config, CODEC_CRITICS["paper"], recipe)
    return GanCodec(SMALL_CODEC, CODEC_CRITICS["small"], SMALL_RECIPE)


def gan_regression(size: Size) -> Component:
    """The GAN baseline without discriminators: where the small one begins."""
    if size == "paper":
        raise CodecError("gan-regression has the size small only")
    return GanCodec(SMALL_CODEC, None, REGRESSION_RECIPE)


def gan_spectral(size: Size) -> Component:
    """The GAN baseline as ConvNeXt with an inverse STFT, for the comparison at equal time."""
    if size == "paper":
        return gan(size)
    config = CodecConfig(
        n_fft=FINE_N_FFT,
        decoder_dim=384,
        decoder_depth=4,
        fine_encoder=FINE_ENCODER,
        fine_decoder=FINE_DECODER,
    )
    return GanCodec(config, CODEC_CRITICS["small"], SMALL_RECIPE)


def gan_seanet(size: Size) -> Component:
    """The GAN baseline as SEANet in either size, for the comparison at equal training time."""
    if size == "paper":
        return gan(size)
    config = CodecConfig(design="seanet", normalized=True)
    recipe = replace(SMALL_RECIPE, learning_rate=5e-4)
    return GanCodec(config, CODEC_CRITICS["small"], recipe)


def ladiff_autoencoder(size: Size) -> Component:
    """LaDiffCodec's continuous autoencoder: latents at 100 Hz, at 3 kHz when paper."""
    if size == "paper":
        config = AutoencoderConfig(
            24_000, hop=8, latent=128, design="seanet", filters=32, ratios=(8,)
        )
        recipe = Recipe(64, 24_000, 3e-4, 3e-4, reconstruction_share=0.1)
        return AutoencoderTraining(config, CODEC_CRITICS["paper"], recipe)
    config = AutoencoderConfig(
        hop=160,
        design="source-filter",
        source_filter=replace(SOURCE_FILTER_CODEC, rate=1, dim=256),
    )
    return AutoencoderTraining(config, None, REGRESSION_RECIPE)


def mel(size: Size) -> Component:
    """The mel codec."""
    if size == "paper":
        config = MelCodecConfig(
            MEL_24K, latent=128, stage_counts=(2, 4), dim=512, encoder_depth=6, decoder_depth=8
        )
        return MelAutoencoder(config, Recipe(64, 48_000, 5e-4))
    return MelAutoencoder(MelCodecConfig(), Recipe(16, 20_480, 2e-3))


def vocoder(size: Size) -> Component:
    """The vocoder: the small one is the source-filter design, the other HiFi-GAN V1.

    The small one hears the discriminators of `gan`: over periods they leave chance more slowly.
    """
    if size == "paper":
        return vocoder_hifigan(size)
    return VocoderTraining(SMALL_VOCODER, CODEC_CRITICS["small"], SMALL_RECIPE)


def vocoder_regression(size: Size) -> Component:
    """The vocoder without discriminators: where the small one begins."""
    if size == "paper":
        raise CodecError("vocoder-regression has the size small only")
    return VocoderTraining(SMALL_VOCODER, None, REGRESSION_RECIPE)


def vocoder_spectral(size: Size) -> Component:
    """The vocoder as ConvNeXt with an inverse STFT, for the comparison at equal time."""
    if size == "paper":
        return vocoder_hifigan(size)
    config = VocoderConfig(design="spectral", dim=384, depth=4, n_fft=FINE_N_FFT, fine=FINE_DECODER)
    return VocoderTraining(config, VOCODER_CRITICS["small"], SMALL_RECIPE)


def vocoder_hifigan(size: Size) -> Component:
    """HiFi-GAN in either size, V2 and V1, for the comparison at equal training time."""
    if size == "paper":
        config = VocoderConfig(MEL_24K, channels=512)
        recipe = Recipe(16, 9_600, 2e-4, 2e-4, reconstruction_share=0.0, critic_interval=1)
        return VocoderTraining(config, VOCODER_CRITICS["paper"], recipe)
    return VocoderTraining(VocoderConfig(), VOCODER_CRITICS["small"], SMALL_RECIPE)


ALONE: dict[str, Callable[[Size], Component]] = {
    "gan": gan,
    "gan-regression": gan_regression,
    "gan-seanet": gan_seanet,
    "gan-spectral": gan_spectral,
    "mel": mel,
    "vocoder": vocoder,
    "vocoder-hifigan": vocoder_hifigan,
    "vocoder-regression": vocoder_regression,
    "vocoder-spectral": vocoder_spectral,
    "ladiff-autoencoder": ladiff_autoencoder,
}
BETWEEN_ENDS = {**CELLS, **BASELINES}
COMPONENTS = (*ALONE, *BETWEEN_ENDS)


def make_component(name: str, size: Size = "small", folder: Path | None = None) -> Component:
    """The component of this name; its ends, if it has any, by `cells.weights_of`."""
    if name in ALONE:
        return ALONE[name](size)
    return BETWEEN_ENDS[name](size, folder)


def replace_critics(component: Component, size: CriticSize) -> None:
    """Give a component that is trained with discriminators those of another size.

    Raises:
        CodecError: it is trained without.
    """
    if component.critics is None:
        raise CodecError(f"{component.name} is trained without discriminators")
    of_vocoder = isinstance(component, VocoderTraining)
    component.critics = Critics((VOCODER_CRITICS if of_vocoder else CODEC_CRITICS)[size])
