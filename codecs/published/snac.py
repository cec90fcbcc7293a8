"""SNAC at 24 kHz, for speech: three codebooks at 12, 23 and 47 Hz, indices of 12 bits.

A frame of 2048 samples (85.3 ms) is one index of the slowest codebook, then two, then four: 82
tokens a second, 984 bit/s. The package `snac` runs the network. Its decoder shapes noise in every
block, here that of the item and the draw.

H. Siuzdak, F. Grötschla, L. A. Lanzendörfer, "SNAC: Multi-Scale Neural Audio Codec", arXiv
2410.14411, 2024.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ...metrics.machinery.weights import DAMAGED, Weights, from_hub
from ..base import CodecError
from .published_codec import Draw, Geometry, PublishedCodec

_REFUSED: tuple[type[Exception], ...] = (*DAMAGED, TypeError)  # what SNAC raises for other files


class DrawnNoise(nn.Module):
    """The noise block of a decoder, on normal numbers that the caller draws."""

    def __init__(self, linear: nn.Module) -> None:
        super().__init__()
        self.linear = linear
        self.draw: Draw | None = None

    def forward(self, x: Tensor) -> Tensor:
        """`x` [1, C, T] and as much noise as the block has learned."""
        if self.draw is None:
            raise RuntimeError("no noise to draw")
        shaped: Tensor = self.draw((1, 1, x.shape[-1])).to(x) * self.linear(x)
        return x + shaped


@dataclass(frozen=True)
class Snac(PublishedCodec):
    """The one rate of SNAC for speech."""

    name: ClassVar[str] = "snac"
    paper: ClassVar[str] = (
        'H. Siuzdak, F. Grötschla, L. A. Lanzendörfer, "SNAC: Multi-Scale Neural Audio '
        'Codec", arXiv 2410.14411, 2024'
    )
    licence: ClassVar[str] = "MIT"
    stochastic: ClassVar[bool] = True
    library: ClassVar[str] = "snac"
    architecture: ClassVar[str] = "SNAC"
    checkpoint: ClassVar[Weights] = from_hub(
        "hubertsiuzdak/snac_24khz",
        "d73ad176a12188fcf4f360ba3bf2c2fbbe8f58ec",
        ("config.json", "pytorch_model.bin"),
        sha256={
            "config.json": "e119b9366d4f5e73c6ca5f31137c4ff361578bbb132953a5203afe037c4012be",
            "pytorch_model.bin": "4b8164cc6606bfa627f1a784734c1e539891518f1191ed9194fe1e3b9b4bff40",
        },
        sizes={"pytorch_model.bin": 79_488_254},
        megabytes=79,
        licence="MIT",
    )
    geometry: ClassVar[Geometry] = Geometry(24_000, 2048, 4096, 7)
    rates: ClassVar[Mapping[float, int]] = {0.98: 7}
    operating_points: ClassVar = ({"kbps": 0.98},)

    kbps: float = 0.98

    @property
    def codebook_rows(self) -> Sequence[slice]:
        return [slice(0, 1), slice(1, 3), slice(3, 7)]  # one, two and four indices of every frame

    def load(self, folder: Path) -> Any:
        return _load(folder, self.device)

    def geometry_of(self, config: Any) -> Geometry:
        slowest = math.lcm(config.vq_strides[0], config.attn_window_size or 1)
        stages = sum(slowest // stride for stride in config.vq_strides)
        hop = int(config.hop_length) * slowest
        return Geometry(config.sampling_rate, hop, config.codebook_size, stages)

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        # of each codebook [1, k * count]: to the `count` indices of every frame
        codes = network.encode(audio)
        frames = codes[0].shape[1]
        return torch.cat([c.reshape(1, frames, -1) for c in codes], dim=2).transpose(1, 2)

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        for block in network.modules():
            if isinstance(block, DrawnNoise):
                block.draw = draw
        counts = [network.vq_strides[0] // stride for stride in network.vq_strides]
        codes = torch.split(indices.transpose(1, 2), counts, dim=2)
        signal: Tensor = network.decode([c.reshape(1, -1) for c in codes])
        return signal


@lru_cache(maxsize=2)
def _load(folder: Path, device: str) -> Any:
    """The network of a folder.

    Raises:
        CodecError: the folder holds none.
    """
    from snac import SNAC
    from snac.layers import NoiseBlock

    try:
        network = SNAC(**json.loads((folder / "config.json").read_text("utf-8")))
        path = folder / "pytorch_model.bin"
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except _REFUSED as error:
        raise CodecError(f"{folder} holds no SNAC that can be loaded: {error}") from error
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, NoiseBlock):
                setattr(module, name, DrawnNoise(child.linear))
    return network.eval().requires_grad_(False).to(torch.device(device))


CODEC = Snac
