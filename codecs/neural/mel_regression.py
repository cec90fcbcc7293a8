"""mel2mel without diffusion: the same network, trained to make the mean of what could follow.

The second ablation. It has mel2mel's parameters, data and updates, an L1 loss instead of the
diffusion loss, and one evaluation: what mel2mel gains over this is what sampling is worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..weights.pretrained import missing
from .back_ends import MelBackEnd
from .diffusion_codec import RATES, check
from .front_ends import MelFrontEnd
from .token_codec import TokenCodec


@dataclass(frozen=True)
class MelRegression(TokenCodec):
    """One rate; `weights` (of the decoder), `mel` and `vocoder` are embedded names or paths."""

    name: ClassVar[str] = "mel-regression"
    rates: ClassVar[tuple[float, ...]] = RATES
    operating_points: ClassVar = tuple({"kbps": rate} for rate in RATES)
    front: ClassVar = MelFrontEnd()
    back: ClassVar = MelBackEnd()

    weights: str = field(default="mel-regression", metadata={"in_name": False})
    mel: str = field(default="mel", metadata={"in_name": False})
    vocoder: str = field(default="vocoder", metadata={"in_name": False})

    @classmethod
    def unavailable(cls) -> str:
        return missing("mel", cls.name, "vocoder")

    @property
    def components(self) -> dict[str, str]:
        return {"mel": self.mel, "regression": self.weights, "vocoder": self.vocoder}

    def tokenize(self, audio: Tensor) -> Tensor:
        indices: Tensor = self.front.tokenize(self.network("mel"), audio, self.stages)
        return indices

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        decoder = self.network("regression")
        check(decoder.config, self.front, self.back, self.components)
        made = decoder.regress(self.front.condition(self.network("mel"), indices, draw))
        return self.back.waveform(self.network("vocoder"), made, draw)


CODEC = MelRegression
