"""The cells of the design space as components: their sizes and what they are built on.

All cells of one size have the same conditioner and the same recipe; denoisers differ with the
output's domain and are about equally large. A cell is trained on the frozen weights of its ends:
the embedded ones for the small size, those of `checkpoints/COMPONENT-paper` for the other.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..base import CodecError
from ..networks.diffusion import DiffusionConfig, Domain
from ..neural.back_ends import BackEnd, LatBackEnd, MelBackEnd, WavBackEnd
from ..neural.diffusion_codec import cell, foundation
from ..neural.front_ends import FrontEnd, LatFrontEnd, MelFrontEnd, WavFrontEnd
from ..weights.pretrained import load
from .component import Component, Recipe
from .diffusion import DiffusionTraining, Ends, RegressionTraining

if TYPE_CHECKING:
    from .presets import Size

FRONT_ENDS: tuple[FrontEnd, ...] = (MelFrontEnd(), LatFrontEnd(), WavFrontEnd())
BACK_ENDS: tuple[BackEnd, ...] = (WavBackEnd(), MelBackEnd(), LatBackEnd())

RECIPES: dict["Size", Recipe] = {
    "small": Recipe(4, 20_480, 1e-3),
    "paper": Recipe(16, 51_200, 2e-4),
}
CONDITIONERS: dict["Size", dict[str, Any]] = {
    "small": {},
    "paper": {"conditioner_dim": 256, "conditioner_depth": 6, "n_fft": 1280},
}
DENOISERS: dict["Size", dict[Domain, dict[str, Any]]] = {
    "small": {
        "wav": {
            "process": "flow",
            "denoiser": "patch-wave",
            "dim": 192,
            "emphasis": 0.95,
            "levelled": True,
        },
        # Grad-TTS's own process needs longer: after 120 steps of `mel2mel`, ESTOI 0.24 against 0.69
        "mel": {"process": "flow", "denoiser": "unet2d", "dim": 32},
        "lat": {"process": "flow", "denoiser": "unet1d", "dim": 96, "multipliers": (1, 2)},
    },
    "paper": {
        "wav": {"process": "diffwave", "denoiser": "diffwave", "dim": 64, "depth": 30},
        "mel": {"process": "mean-reverting", "denoiser": "unet2d", "dim": 64},
        "lat": {"process": "flow", "denoiser": "unet1d", "dim": 256, "multipliers": (1, 2, 2)},
    },
}


def configure(
    front: FrontEnd, back: BackEnd, size: "Size", front_config: Any, back_config: Any
) -> DiffusionConfig:
    """The decoder of a cell, by the configurations of the networks at its ends.

    Raises:
        CodecError: the ends run at different rates.
    """
    if back_config is not None:
        rates = [(c.sample_rate, c.hop) for c in (front_config, back_config)]
        if rates[0] != rates[1]:
            raise CodecError(
                f"{cell(front, back)}: its ends have sample rates and hops {rates[0]} and "
                f"{rates[1]}; they must be equal"
            )
    return DiffusionConfig(
        condition=front.domain,
        output=back.domain,
        condition_channels=front.channels(front_config),
        channels=back.channels(back_config),
        sample_rate=front_config.sample_rate,
        hop=front_config.hop,
        **CONDITIONERS[size],
        **DENOISERS[size][back.domain],
    )


def train_cell(
    front: FrontEnd,
    back: BackEnd,
    size: "Size",
    kind: type[DiffusionTraining] = DiffusionTraining,
    **changes: Any,
) -> Component:
    """A cell's component; `changes` are of the decoder's configuration."""
    weights = {
        component: component if size == "small" else trained(component)
        for component in (front.component, back.component)
        if component
    }
    first = load(weights[front.component], front.component)
    last = load(weights[back.component], back.component) if back.component else None
    config = configure(front, back, size, first.config, last.config if last else None)
    config = replace(config, built_on=foundation(front, back, weights), **changes)
    ends = Ends(front, first.network, back, last.network if last else None)
    return kind(config, ends, RECIPES[size])


def trained(component: str, size: "Size" = "paper") -> str:
    """Where `nscbench train COMPONENT --size SIZE` leaves its weights."""
    return f"checkpoints/{component}-{size}/{component}.safetensors"


CELLS: dict[str, Callable[["Size"], Component]] = {
    **{
        cell(front, back): partial(train_cell, front, back)
        for front in FRONT_ENDS
        for back in BACK_ENDS
    },
    # published backbone at the small size, for the comparison with patches at equal training time
    "lat2wav-diffwave": partial(
        train_cell, LatFrontEnd(), WavBackEnd(), denoiser="diffwave", dim=64, depth=30
    ),
    "mel-regression": partial(train_cell, MelFrontEnd(), MelBackEnd(), kind=RegressionTraining),
}
