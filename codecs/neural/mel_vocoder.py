"""Quantized mel spectrogram to waveform by the vocoder alone: mel2mel without its diffusion model.

The first ablation: what a mel diffusion codec gains over this is what the diffusion model is worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..weights.pretrained import missing
from .token_codec import TokenCodec


@dataclass(frozen=True)
class MelVocoder(TokenCodec):
    """One rate; `weights` and `vocoder` are embedded ones by name, or paths."""

    name: ClassVar[str] = "mel-vocoder"
    rates: ClassVar[tuple[float, ...]] = (1.5, 3.0)
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    weights: str = field(default="mel", metadata={"in_name": False})
    vocoder: str = field(default="vocoder", metadata={"in_name": False})

    @classmethod
    def unavailable(cls) -> str:
        return missing("mel", "vocoder")

    @property
    def components(self) -> dict[str, str]:
        return {"mel": self.weights, "vocoder": self.vocoder}

    def tokenize(self, audio: Tensor) -> Tensor:
        codec = self.network("mel")
        indices: Tensor = codec.encode(codec.log_mel(audio), self.stages)
        return indices

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = self.network("vocoder")(self.network("mel").decode(indices), draw)
        return audio


CODEC = MelVocoder
