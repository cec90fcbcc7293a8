"""The published diffusion baselines as components: Multi-Band Diffusion and LaDiffCodec.

They have the batches and the conditioner of the cells, so equal steps are an equal budget. The
continuous autoencoder, which no cell has, is trained before: `presets.ladiff_autoencoder`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from ..base import CodecError
from ..networks.autoencoder import AutoencoderConfig
from ..networks.bands import MATCHED_BANDS, match_bands
from ..networks.codec import CodecConfig
from ..networks.draws import steady
from ..networks.ladiff import LadiffConfig
from ..networks.mbd import MultiBandConfig
from ..neural.diffusion_codec import DiffusionCodec, foundation
from ..neural.ladiff import Ladiff
from ..neural.mbd import Mbd
from ..processes.midway import infilling
from ..processes.samplers import Sampler, ancestral
from ..weights.parts import LADIFF, MBD
from .cells import CONDITIONERS, RECIPES, weights_of
from .component import Component
from .diffusion import DiffusionTraining, Ends
from .sizes import Size

MBD_SIZES: dict[Size, dict[str, Any]] = {
    # of 48 channels for 20 samples, no small network passes the noise on that it should predict
    "small": {
        "process": "power-velocity",
        "dim": 48,
        "multipliers": (1, 2, 2),
        "strides": (20, 4, 4),
        "voiced": True,
    },
    "paper": {
        "process": "power",
        "dim": 48,
        "multipliers": (1, 4, 16, 64),
        "strides": (4, 4, 4, 4),
    },
}
LADIFF_SIZES: dict[Size, dict[str, Any]] = {
    "small": {"dim": 64, "multipliers": (1, 1, 2, 2), "upsampling": (2,)},
    "paper": {"dim": 256, "multipliers": (1, 2, 2, 4, 4), "upsampling": (5, 4, 2)},
}


class MultiBandTraining(DiffusionTraining):
    """Multi-Band Diffusion: squared error of the noise, over all bands."""

    name = MBD.name
    part = MBD
    nfe = Mbd.nfe
    temperature = Mbd.temperature

    @property
    def sampler(self) -> Sampler:
        return ancestral

    def render(self, model: Any, indices: Tensor) -> Tensor:
        """Signals that `model` makes of indices, matched to those of the GAN baseline."""
        draw = steady(indices.device)
        decoded = self.ends.front_network.decode(indices, draw)
        made = super().render(model, indices)
        return match_bands(made, decoded, MATCHED_BANDS, self.config.sample_rate)

    def _distance(self, prediction: Tensor, wanted: Tensor) -> Tensor:
        return F.mse_loss(prediction, wanted)


class LadiffTraining(DiffusionTraining):
    """LaDiffCodec's diffusion: absolute error."""

    name = LADIFF.name
    part = LADIFF
    nfe = Ladiff.nfe
    temperature = Ladiff.temperature

    @property
    def sampler(self) -> Sampler:
        return infilling

    def _distance(self, prediction: Tensor, wanted: Tensor) -> Tensor:
        return F.l1_loss(prediction, wanted)


def configure_mbd(front_config: CodecConfig, size: Size) -> MultiBandConfig:
    """Multi-Band Diffusion's decoder, by the configuration of the GAN baseline."""
    return MultiBandConfig(
        **_shared(front_config, size),
        output="wav",
        channels=1,
        denoiser="wave-unet",
        **MBD_SIZES[size],
    )


def configure_ladiff(
    front_config: CodecConfig, autoencoder: AutoencoderConfig, size: Size
) -> LadiffConfig:
    """LaDiffCodec's decoder, by the configurations of the GAN baseline and the autoencoder.

    Raises:
        CodecError: the two run at rates that the upsampling does not bridge.
    """
    config = LadiffConfig(
        **_shared(front_config, size),
        output="lat",
        channels=autoencoder.latent,
        process="cosine",
        denoiser="unet1d",
        **LADIFF_SIZES[size],
    )
    hop = autoencoder.hop * prod(config.upsampling)
    if (config.sample_rate, config.hop) != (autoencoder.sample_rate, hop):
        raise CodecError(
            f"ladiff: hop {config.hop} at {config.sample_rate} Hz, upsampled by "
            f"{config.upsampling}, does not meet hop {autoencoder.hop} at "
            f"{autoencoder.sample_rate} Hz"
        )
    return config


def mbd(size: Size, folder: Path | None = None) -> Component:
    """Multi-Band Diffusion on the weights of the GAN baseline."""
    ends, built_on = _ends(Mbd, size, folder)
    config = replace(configure_mbd(ends.front_network.config, size), built_on=built_on)
    return MultiBandTraining(config, ends, RECIPES[size])


def ladiff(size: Size, folder: Path | None = None) -> Component:
    """LaDiffCodec's diffusion on the weights of the GAN baseline and of its own autoencoder."""
    ends, built_on = _ends(Ladiff, size, folder)
    configs = ends.front_network.config, ends.back_network.config
    config = replace(configure_ladiff(*configs, size), built_on=built_on)
    return LadiffTraining(config, ends, RECIPES[size])


def _ends(codec: type[DiffusionCodec], size: Size, folder: Path | None) -> tuple[Ends, str]:
    """A baseline's two ends, and the fingerprint of the weights that they run on."""
    parts = [part for part in (codec.front.part, codec.back.part) if part]
    weights = {part.name: weights_of(part.name, size, folder) for part in parts}
    ends = Ends.load(codec.front, codec.back, weights)
    return ends, foundation(codec.front, codec.back, weights)


def _shared(front_config: CodecConfig, size: Size) -> Mapping[str, Any]:
    """What both have in common with the cells."""
    return {
        "condition": "lat",
        "condition_channels": front_config.latent,
        "sample_rate": front_config.sample_rate,
        "hop": front_config.hop,
        **CONDITIONERS[size],
    }


BASELINES: dict[str, Callable[[Size, Path | None], Component]] = {
    "mbd": mbd,
    "ladiff": ladiff,
}
