"""Random weights of tiny diffusion decoders and their ends, as files: for tests of mechanics."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nscbench.codecs.networks.autoencoder import Autoencoder, AutoencoderConfig
from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder
from nscbench.codecs.networks.ladiff import LadiffConfig
from nscbench.codecs.networks.mbd import MultiBandConfig
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig
from nscbench.codecs.networks.weight_norm import folded_state
from nscbench.codecs.neural.back_ends import BackEnd, ContinuousBackEnd, WavBackEnd
from nscbench.codecs.neural.diffusion_codec import DiffusionCodec, foundation
from nscbench.codecs.neural.front_ends import FrontEnd, LatFrontEnd
from nscbench.codecs.training.baselines import configure_ladiff, configure_mbd
from nscbench.codecs.training.cells import configure
from nscbench.codecs.training.checkpoint import export_weights
from nscbench.codecs.weights.parts import GAN, LADIFF_AUTOENCODER, PARTS
from nscbench.codecs.weights.pretrained import load

SIZES: dict[str, dict[str, Any]] = {
    "wav": {"dim": 16, "depth": 2, "patch": 160},
    "mel": {"dim": 8, "multipliers": (1, 2)},
    "lat": {"dim": 16, "multipliers": (1, 2)},
}

TINY: dict[str, Any] = {"features": 8, "conditioner_dim": 8, "conditioner_depth": 1}
ENDS = (GAN, LADIFF_AUTOENCODER)
TINY_AUTOENCODER = AutoencoderConfig(
    hop=160, latent=8, dim=16, encoder_depth=1, decoder_depth=1, n_fft=320
)


def write_vocoder(folder: Path, seed: int = 0) -> str:
    """Path of a random vocoder that hears every band, as an untrained HiFi-GAN hardly does."""
    torch.manual_seed(seed)
    config = VocoderConfig(design="spectral", dim=16, depth=1)
    path = folder / f"vocoder-spectral-{seed}.safetensors"
    export_weights(path, folded_state(Vocoder(config)), config, {"component": "vocoder"})
    return str(path)


def tiny_config(front: FrontEnd, back: BackEnd, weights: dict[str, str]) -> DiffusionConfig:
    """A decoder of the small size's structure, a hundredth as large."""
    ends = [load(weights[p.name], p).config if p else None for p in (front.part, back.part)]
    return replace(
        configure(front, back, "small", *ends),
        features=8,
        conditioner_dim=8,
        conditioner_depth=1,
        n_fft=640,
        built_on=foundation(front, back, weights),
        **SIZES[back.domain],
    )


def end_settings(codec: type[DiffusionCodec], weights: dict[str, str]) -> dict[str, str]:
    """The settings that give a codec's two ends these weights."""
    settings = {"front_weights": weights[codec.front.part.name]}
    if codec.back.part and codec.back.part != codec.front.part:
        settings["back_weights"] = weights[codec.back.part.name]
    return settings


def write_decoder(
    folder: Path,
    front: FrontEnd,
    back: BackEnd,
    weights: dict[str, str],
    component: str = "diffusion",
    **changes: Any,
) -> str:
    """Path of a random decoder between ends of these weights; no layer is left at zero."""
    torch.manual_seed(0)
    config = replace(tiny_config(front, back, weights), **changes)
    network = DiffusionDecoder(config)
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    path = folder / f"{front.domain}2{back.domain}-{component}-{config.process}.safetensors"
    export_weights(path, folded_state(network), config, {"component": component})
    return str(path)


def write_autoencoder(folder: Path, seed: int = 0) -> str:
    """Path of a random continuous autoencoder at half a frame."""
    torch.manual_seed(seed)
    config = TINY_AUTOENCODER
    path = folder / f"ladiff-autoencoder-{seed}.safetensors"
    network = Autoencoder(config)
    export_weights(path, folded_state(network), config, {"component": "ladiff-autoencoder"})
    return str(path)


def tiny_mbd(weights: dict[str, str]) -> MultiBandConfig:
    """A multi-band decoder of the small size's structure, on GAN weights of `weights`."""
    front, back = LatFrontEnd(), WavBackEnd()
    return replace(
        configure_mbd(load(weights["gan"], GAN).config, "small"),
        built_on=foundation(front, back, weights),
        **TINY | {"dim": 8, "strides": (20, 4, 4)},
    )


def tiny_ladiff(weights: dict[str, str]) -> LadiffConfig:
    """A decoder of `ladiff`'s structure, on the weights of both autoencoders."""
    front, back = LatFrontEnd(), ContinuousBackEnd()
    ends = [load(weights[part.name], part).config for part in ENDS]
    return replace(
        configure_ladiff(*ends, "small"),
        built_on=foundation(front, back, weights),
        **TINY | {"dim": 16, "multipliers": (1, 2)},
    )


def write_baseline(folder: Path, config: MultiBandConfig | LadiffConfig) -> str:
    """Path of a random decoder of either baseline; no layer is left at zero."""
    torch.manual_seed(0)
    component = "mbd" if isinstance(config, MultiBandConfig) else "ladiff"
    network = PARTS[component].network(config)
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    path = folder / f"{component}.safetensors"
    export_weights(path, folded_state(network), config, {"component": component})
    return str(path)
