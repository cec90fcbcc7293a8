"""mel2mel without diffusion: the same network, trained to make the mean of what could follow.

The second ablation. It has mel2mel's parameters, data and updates, an L1 loss instead of the
diffusion loss, and one evaluation: what mel2mel gains over this is what sampling is worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from ..networks.draws import DrawShape
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..weights.parts import MEL, REGRESSION, VOCODER, Part
from ..weights.pretrained import config
from .back_ends import MelBackEnd
from .diffusion_codec import RATES, check_fit
from .front_ends import MelFrontEnd
from .token_codec import TokenCodec


@dataclass(frozen=True)
class MelRegression(TokenCodec):
    """One rate; `weights` (of the decoder), `mel` and `vocoder` are embedded names or paths."""

    name: ClassVar[str] = "mel-regression"
    rates: ClassVar[tuple[float, ...]] = RATES
    operating_points: ClassVar = tuple({"kbps": rate} for rate in RATES)
    front: ClassVar[MelFrontEnd] = MelFrontEnd()
    back: ClassVar[MelBackEnd] = MelBackEnd()

    weights: str = field(default="mel-regression", metadata={"in_name": False})
    mel: str = field(default="mel", metadata={"in_name": False})
    vocoder: str = field(default="vocoder", metadata={"in_name": False})

    @property
    def tokenizer(self) -> Part[MelCodecConfig, MelCodec]:
        return MEL

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return config(self.vocoder, VOCODER).draws

    @property
    def parts(self) -> dict[str, str]:
        return {MEL.name: self.mel, REGRESSION.name: self.weights, VOCODER.name: self.vocoder}

    def tokenize(self, audio: Tensor) -> Tensor:
        return self.front.tokenize(self.network(MEL), audio, self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        decoder = self.network(REGRESSION)
        check_fit(decoder.config, self.front, self.back, self.parts)
        made = decoder.regress(self.front.condition(self.network(MEL), indices, draw), draw)
        return self.back.waveform(self.network(VOCODER), made, draw)


CODEC = MelRegression
