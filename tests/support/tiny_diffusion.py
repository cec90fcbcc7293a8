"""Tiny denoisers, and configurations of tiny diffusion decoders."""

from dataclasses import replace

import torch
from torch import nn

from nscbench.codecs.networks.denoiser import Denoiser
from nscbench.codecs.networks.diffusion import DiffusionConfig
from nscbench.codecs.networks.diffwave import DiffWave
from nscbench.codecs.networks.patch_wave import PatchWave
from nscbench.codecs.networks.unet1d import UNet1d
from nscbench.codecs.networks.unet2d import UNet2d

DIFFUSION = DiffusionConfig(
    "mel", "mel", 8, 8, "mean-reverting", "unet2d", 8, multipliers=(1, 2), features=8
)
LEVELLED = DiffusionConfig(
    "lat", "wav", 4, 1, process="flow", denoiser="patch-wave", dim=8, depth=1, hop=40, patch=20
)
LEVELLED = replace(LEVELLED, features=6, conditioner_dim=8, emphasis=0.95, levelled=True)


HOP, FRAMES = 40, 5


def denoisers(anchored: bool) -> dict[str, tuple[Denoiser, tuple[int, ...]]]:
    """Tiny ones without a layer at zero, and the shape of their signals."""
    torch.manual_seed(0)
    made: dict[str, tuple[Denoiser, tuple[int, ...]]] = {
        "diffwave": (DiffWave(6, (4, 10), 4, 3, anchored), (2, 1, HOP * FRAMES)),
        "patch-wave": (PatchWave(6, HOP, 20, 8, 2, anchored), (2, 1, HOP * FRAMES)),
        "unet1d": (UNet1d(3, 6, 16, (1, 2), anchored), (2, 3, FRAMES)),
    }
    if anchored:
        made["unet2d"] = UNet2d(8, 8, (1, 2)), (2, 8, FRAMES)
    for network, _ in made.values():
        for parameter in network.parameters():
            if not parameter.any():
                nn.init.normal_(parameter, std=0.3)
    return made


WAVE = DiffusionConfig("lat", "wav", 6, 1, "flow", "patch-wave", 8, depth=1, features=4)


DECODERS = {
    "unet2d": DIFFUSION,
    "patch-wave": WAVE,
    "diffwave": replace(WAVE, process="diffwave", denoiser="diffwave"),
    "unet1d": replace(
        WAVE, output="lat", channels=6, process="cosine", denoiser="unet1d", multipliers=(1, 2)
    ),
}
