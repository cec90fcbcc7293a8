"""The published diffusion baselines as components: Multi-Band Diffusion and LaDiffCodec.

They have the recipe and the conditioner of the cells, so equal steps are an equal budget. The
continuous autoencoder, which no cell has, is trained before: `presets.ladiff_autoencoder`.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from torch import Tensor
from torch.nn import functional as F

from ..base import CodecError
from ..diffusion.back_ends import ContinuousBackEnd, WavBackEnd
from ..diffusion.codec import foundation
from ..diffusion.front_ends import LatFrontEnd
from ..diffusion.midway import infilling
from ..diffusion.samplers import Sampler, ancestral
from ..networks.autoencoder import AutoencoderConfig
from ..networks.bands import match_bands
from ..networks.ladiff import LadiffConfig, LadiffDecoder
from ..networks.mbd import MultiBandConfig, MultiBandDecoder
from ..neural.mbd import MATCHED_BANDS
from ..pretrained import load, missing
from .cells import CONDITIONERS, RECIPES, trained
from .component import Component
from .diffusion import DiffusionTraining, Ends

if TYPE_CHECKING:
    from .presets import Size

MBD: dict["Size", dict[str, Any]] = {
    "small": {"dim": 48, "multipliers": (1, 2, 2), "strides": (20, 4, 4)},
    "paper": {"dim": 48, "multipliers": (1, 4, 16, 64), "strides": (4, 4, 4, 4)},
}
LADIFF: dict["Size", dict[str, Any]] = {
    "small": {"dim": 64, "multipliers": (1, 1, 2), "upsampling": (4,)},
    "paper": {"dim": 256, "multipliers": (1, 2, 2, 4, 4), "upsampling": (5, 4, 2)},
}


class MultiBandTraining(DiffusionTraining):
    """Multi-Band Diffusion: squared error of the noise, over all bands."""

    name = "mbd"
    decoder = MultiBandDecoder

    @property
    def sampler(self) -> Sampler:
        return ancestral

    def render(self, model: Any, indices: Tensor) -> Tensor:
        """Signals that `model` makes of indices, matched to those of the GAN baseline."""
        decoded = self.front_network.decode(indices)  # type: ignore[operator]
        made = super().render(model, indices)
        return match_bands(made, decoded, MATCHED_BANDS, self.config.sample_rate)

    def _distance(self, prediction: Tensor, wanted: Tensor) -> Tensor:
        return F.mse_loss(prediction, wanted)


class LadiffTraining(DiffusionTraining):
    """LaDiffCodec's diffusion: absolute error."""

    name = "ladiff"
    decoder = LadiffDecoder

    @property
    def sampler(self) -> Sampler:
        return infilling

    def _distance(self, prediction: Tensor, wanted: Tensor) -> Tensor:
        return F.l1_loss(prediction, wanted)


def mbd(size: "Size") -> Component:
    """Multi-Band Diffusion on the weights of the GAN baseline."""
    front, back = LatFrontEnd(), WavBackEnd()
    weights = {front.component: weights_of(front.component, size)}
    network = load(weights[front.component], front.component).network
    config = MultiBandConfig(
        **_shared(network.config, front, size),
        output=back.domain,
        channels=1,
        process="power",
        denoiser="wave-unet",
        built_on=foundation(front, back, weights),
        **MBD[size],
    )
    return MultiBandTraining(config, Ends(front, network, back, None), RECIPES[size])


def ladiff(size: "Size") -> Component:
    """LaDiffCodec's diffusion on the weights of the GAN baseline and its own autoencoder.

    Raises:
        CodecError: the two run at rates that the upsampling does not bridge.
    """
    front, back = LatFrontEnd(), ContinuousBackEnd()
    weights = {name: weights_of(name, size) for name in (front.component, back.component)}
    first = load(weights[front.component], front.component).network
    last = load(weights[back.component], back.component).network
    config = LadiffConfig(
        **_shared(first.config, front, size),
        output=back.domain,
        channels=back.channels(last.config),
        process="cosine",
        denoiser="unet1d",
        built_on=foundation(front, back, weights),
        **LADIFF[size],
    )
    check_rates(config, last.config)
    return LadiffTraining(config, Ends(front, first, back, last), RECIPES[size])


def check_rates(config: LadiffConfig, autoencoder: AutoencoderConfig) -> None:
    """Do the upsampled features run at the rate of the autoencoder's latents?

    Raises:
        CodecError: they do not.
    """
    bridged = autoencoder.hop * prod(config.upsampling)
    if (config.sample_rate, config.hop) != (autoencoder.sample_rate, bridged):
        raise CodecError(
            f"ladiff: hop {config.hop} at {config.sample_rate} Hz, upsampled by "
            f"{config.upsampling}, does not meet hop {autoencoder.hop} at "
            f"{autoencoder.sample_rate} Hz"
        )


def weights_of(component: str, size: "Size") -> str:
    """The embedded weights for the small size; where they are missing, what training left."""
    if size == "small" and not missing(component):
        return component
    return trained(component, size)


def _shared(front_config: Any, front: LatFrontEnd, size: "Size") -> Mapping[str, Any]:
    """What both have in common with the cells."""
    return {
        "condition": front.domain,
        "condition_channels": front.channels(front_config),
        "sample_rate": front_config.sample_rate,
        "hop": front_config.hop,
        **CONDITIONERS[size],
    }


BASELINES: dict[str, Callable[["Size"], Component]] = {
    "mbd": mbd,
    "ladiff": ladiff,
}
