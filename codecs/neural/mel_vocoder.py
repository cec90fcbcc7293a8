"""Quantized mel spectrogram to waveform by the vocoder alone: mel2mel without its diffusion model.

The first ablation: what a mel diffusion codec gains over this is what the diffusion model is worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..weights.parts import MEL, VOCODER, Part
from ..weights.pretrained import config
from .token_codec import TokenCodec


@dataclass(frozen=True)
class MelVocoder(TokenCodec):
    """One rate; `weights` and `vocoder` are embedded ones by name, or paths."""

    name: ClassVar[str] = "mel-vocoder"
    rates: ClassVar[tuple[float, ...]] = (1.5, 3.0)
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)

    weights: str = field(default="mel", metadata={"in_name": False})
    vocoder: str = field(default="vocoder", metadata={"in_name": False})

    @property
    def tokenizer(self) -> Part[MelCodecConfig, MelCodec]:
        return MEL

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return config(self.vocoder, VOCODER).draws

    @property
    def parts(self) -> dict[str, str]:
        return {MEL.name: self.weights, VOCODER.name: self.vocoder}

    def tokenize(self, audio: Tensor) -> Tensor:
        codec = self.network(MEL)
        return codec.encode(codec.log_mel(audio), self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = self.network(VOCODER)(self.network(MEL).decode(indices), draw)
        return audio


CODEC = MelVocoder
