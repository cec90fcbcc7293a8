"""Quantized mel spectrogram to waveform without a trained network in between: what is free.

The bytes are those of `mel-vocoder`: a trained vocoder, or a diffusion model before it, is worth
what it gains over these two.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

from torch import Tensor, nn

from ..networks.draws import DrawShape
from ..networks.features import MelConfig
from ..networks.untrained import GriffinLim, PlainSourceFilter
from ..weights.pretrained import missing
from .token_codec import TokenCodec

Synthesis = type[nn.Module]  # made of a MelConfig


@dataclass(frozen=True)
class MelUntrained(TokenCodec):
    """One rate; `weights` are of the mel codec, embedded ones by name, or a path."""

    stochastic: ClassVar[bool] = True
    rates: ClassVar[tuple[float, ...]] = (1.5, 3.0)
    operating_points: ClassVar = tuple({"kbps": rate} for rate in rates)
    synthesis: ClassVar[Synthesis]

    weights: str = field(default="mel", metadata={"in_name": False})

    @classmethod
    def unavailable(cls) -> str:
        return missing("mel")

    @property
    def components(self) -> dict[str, str]:
        return {"mel": self.weights}

    def tokenize(self, audio: Tensor) -> Tensor:
        codec = self.network("mel")
        indices: Tensor = codec.encode(codec.log_mel(audio), self.stages)
        return indices

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        codec = self.network("mel")
        make = _made(type(self), codec.config.mel, self.device)
        audio: Tensor = make(codec.decode(indices), draw)
        return audio


class MelGriffinLim(MelUntrained):
    """Non-negative magnitudes, and the phases that fit them best."""

    name: ClassVar[str] = "mel-griffinlim"
    synthesis: ClassVar[Synthesis] = GriffinLim


class MelSourceFilter(MelUntrained):
    """Pulses and noise under the envelope, at the pitch that the mel's ripple tells."""

    name: ClassVar[str] = "mel-sourcefilter"
    synthesis: ClassVar[Synthesis] = PlainSourceFilter


@cache
def _made(codec: type[MelUntrained], mel: MelConfig, device: str) -> nn.Module:
    return codec.synthesis(mel).to(device)


CODECS = (MelGriffinLim, MelSourceFilter)
