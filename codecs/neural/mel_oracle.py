"""The clean log-mel spectrogram through the vocoder: the ceiling of the mel codecs."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..weights.pretrained import missing
from .oracle import Oracle


@dataclass(frozen=True)
class MelOracle(Oracle):
    """Front end and vocoder with nothing between them."""

    name: ClassVar[str] = "mel-oracle"
    component: ClassVar[str] = "vocoder"

    @classmethod
    def unavailable(cls) -> str:
        return missing(cls.component)

    @property
    def channels(self) -> int:
        bands: int = self.config.mel.bands
        return bands

    def represent(self, network: Any, audio: Tensor) -> Tensor:
        features: Tensor = network.log_mel(audio)
        return features

    def render(self, network: Any, features: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network(features, draw)
        return audio


CODEC = MelOracle
