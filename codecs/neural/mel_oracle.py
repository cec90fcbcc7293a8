"""The clean log-mel spectrogram through the vocoder: the ceiling of the mel codecs."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..networks.vocoder import Vocoder, VocoderConfig
from ..weights.parts import VOCODER, Part
from .oracle import Oracle


@dataclass(frozen=True)
class MelOracle(Oracle[VocoderConfig, Vocoder]):
    """Front end and vocoder with nothing between them."""

    name: ClassVar[str] = "mel-oracle"

    @property
    def part(self) -> Part[VocoderConfig, Vocoder]:
        return VOCODER

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return self.config.draws

    @property
    def channels(self) -> int:
        return self.config.mel.bands

    def represent(self, network: Vocoder, audio: Tensor) -> Tensor:
        features: Tensor = network.log_mel(audio)
        return features

    def render(self, network: Vocoder, features: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network(features, draw)
        return audio


CODEC = MelOracle
