"""NanoCodec at 22.05 kHz: 12.5 frames a second, four indices of 4032 values (12 bits) each.

600 bit/s. The package `nanocodec-torch` runs the network, the weights are NVIDIA's in its format.
It quantizes each of 16 latent numbers to 7 to 9 levels; four numbers are one index.

E. Casanova et al., "NanoCodec: Towards High-Quality Ultra Fast Speech LLM Inference", Interspeech
2025.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ...metrics.machinery.weights import DAMAGED, Weights, from_hub
from ..base import CodecError
from .published_codec import Draw, Geometry, PublishedCodec

_FIRST = "audio_{}.pre_conv.conv.bias"
_REFUSED: tuple[type[Exception], ...] = (*DAMAGED, SafetensorError)


@dataclass(frozen=True)
class Nanocodec(PublishedCodec):
    """The one rate of NanoCodec that the package runs."""

    name: ClassVar[str] = "nanocodec"
    paper: ClassVar[str] = (
        'E. Casanova et al., "NanoCodec: Towards High-Quality Ultra Fast Speech LLM '
        'Inference", Interspeech 2025'
    )
    library: ClassVar[str] = "nanocodec-torch"
    architecture: ClassVar[str] = "AudioCodecModel"
    checkpoint: ClassVar[Weights] = from_hub(
        "nineninesix/nemo-nano-codec-22khz-0.6kbps-12.5fps-pytorch",
        "main",
        ("model.safetensors",),
        licence="NVIDIA Open Model License",
        restriction="its own conditions, on what is derived from the model among others",
    )
    geometry: ClassVar[Geometry] = Geometry(22_050, 1764, 4032, 4)
    rates: ClassVar[Mapping[float, int]] = {0.6: 4}
    operating_points: ClassVar = ({"kbps": 0.6},)

    kbps: float = 0.6

    def load(self, folder: Path) -> Any:
        return _load(folder, self.device)

    def geometry_of(self, config: Any) -> Geometry:
        quantizer = config.vector_quantizer
        entries = round(quantizer.codebook_size ** (1 / quantizer.num_groups))
        return Geometry(config.sample_rate, config.samples_per_frame, entries, quantizer.num_groups)

    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        indices: Tensor = network.encode(audio)[0]
        return indices.long()

    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        signal: Tensor = network.decode(indices)[0]
        return signal


@lru_cache(maxsize=2)
def _load(folder: Path, device: str) -> Any:
    """The network of a folder, of as many channels as its first tensors have.

    Raises:
        CodecError: the folder holds none.
    """
    from nanocodec_torch import AudioCodecModel
    from nanocodec_torch.utils import load_safetensors_weights

    path = folder / "model.safetensors"
    try:
        with safe_open(path, "pt") as file:
            names = set(file.keys())
            widths = [len(file.get_tensor(_FIRST.format(part))) for part in ("encoder", "decoder")]
        encoder = {"down_sample_rates": [2, 3, 6, 7, 7], "base_channels": widths[0]}
        decoder = {"up_sample_rates": [7, 7, 6, 3, 2], "base_channels": widths[1]}
        network = AudioCodecModel(22_050, encoder, decoder)
        load_safetensors_weights(network, str(path), verbose=False)
    except _REFUSED as error:
        raise CodecError(f"{path} holds no NanoCodec that can be loaded: {error}") from error
    # The package leaves these at what they were made with where the file lacks them.
    own = [name for name, _ in network.named_parameters() if name.endswith(".alpha")]
    lost = [n for n in own if n.removesuffix("alpha") + "activation.snake_act.alpha" not in names]
    if lost:
        raise CodecError(f"{path} lacks {len(lost)} tensors, such as {lost[0]}")
    return network.eval().requires_grad_(False).to(torch.device(device))


CODEC = Nanocodec
