"""The cells of the design space as components: their sizes and what they are built on.

All cells of one size have the same conditioner and the same recipe; denoisers differ with the
output's domain and are about equally large. A cell is trained on the frozen weights of its ends:
the embedded ones for the small size, those of `checkpoints/COMPONENT-paper` for the other.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..base import CodecError
from ..networks.diffusion import DiffusionConfig, Domain
from ..neural.back_ends import BackEnd
from ..neural.diffusion_codec import cell, foundation
from ..neural.front_ends import FrontEnd
from ..neural.grid import CODECS, Lat2Wav, Mel2Mel, Mel2Wav
from ..weights.parts import FrameConfig, TokenConfig
from ..weights.pretrained import missing
from .component import Component, Recipe
from .diffusion import DiffusionTraining, Ends
from .regression import RegressionTraining
from .sizes import Size

RECIPES: dict[Size, Recipe] = {
    "small": Recipe(4, 20_480, 1e-3),
    "paper": Recipe(16, 51_200, 2e-4),
}
CONDITIONERS: dict[Size, dict[str, Any]] = {
    "small": {},
    "paper": {"conditioner_dim": 256, "conditioner_depth": 6, "n_fft": 1280},
}
DENOISERS: dict[Size, dict[Domain, dict[str, Any]]] = {
    "small": {
        "wav": {
            "process": "flow",
            "denoiser": "patch-wave",
            "dim": 192,
            "voiced": True,
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
    front: FrontEnd[Any, Any],
    back: BackEnd[Any, Any],
    size: Size,
    front_config: TokenConfig,
    back_config: FrameConfig | None,
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
        direct=back.domain not in ("wav", front.domain),
        **CONDITIONERS[size],
        **DENOISERS[size][back.domain],
    )


def train_cell(
    front: FrontEnd[Any, Any],
    back: BackEnd[Any, Any],
    size: Size,
    folder: Path | None = None,
    kind: type[DiffusionTraining] = DiffusionTraining,
    **changes: Any,
) -> Component:
    """A cell's component; `changes` are of the decoder's configuration.

    The weights of its ends are those trained in `folder`, else as `weights_of` says.
    """
    parts = [part for part in (front.part, back.part) if part]
    weights = {part.name: weights_of(part.name, size, folder) for part in parts}
    ends = Ends.load(front, back, weights)
    config = configure(front, back, size, ends.front_network.config, ends.back_config)
    config = replace(config, built_on=foundation(front, back, weights), **changes)
    return kind(config, ends, RECIPES[size])


def weights_of(component: str, size: Size, folder: Path | None = None) -> str:
    """Weights to train on: of the folder, the embedded ones for the small size, or what is left.

    That is, what `nscbench train COMPONENT --size SIZE` leaves.
    """
    own = folder / component / f"{component}.safetensors" if folder else None
    if own and own.is_file():
        return str(own)
    if size == "small" and not missing(component):
        return component
    return trained(component, size)


def trained(component: str, size: Size = "paper") -> str:
    """Where `nscbench train COMPONENT --size SIZE` leaves its weights."""
    return f"checkpoints/{component}-{size}/{component}.safetensors"


# waveforms drawn from noise alone
PLAIN: dict[str, Any] = {"voiced": False, "emphasis": 0.95, "levelled": True}

CELLS: dict[str, Callable[[Size, Path | None], Component]] = {
    **{codec.name: partial(train_cell, codec.front, codec.back) for codec in CODECS},
    # published backbone at the small size, for the comparison with patches at equal training time
    "lat2wav-diffwave": partial(
        train_cell, Lat2Wav.front, Lat2Wav.back, denoiser="diffwave", dim=64, depth=30
    ),
    "mel2wav-plain": partial(train_cell, Mel2Wav.front, Mel2Wav.back, **PLAIN),
    "mel2wav-regression": partial(train_cell, Mel2Wav.front, Mel2Wav.back, kind=RegressionTraining),
    "mel-regression": partial(train_cell, Mel2Mel.front, Mel2Mel.back, kind=RegressionTraining),
}
