"""mel2mel without diffusion: the same network, trained to make the mean of what could follow.

It has mel2mel's parameters, data and updates, an L1 loss instead of the diffusion loss, and one
evaluation.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from ..weights.parts import MEL, REGRESSION, VOCODER
from ..weights.pretrained import config
from .back_ends import MelBackEnd
from .front_ends import MelFrontEnd
from .regression_codec import RegressionCodec


@dataclass(frozen=True)
class MelRegression(RegressionCodec):
    """One rate; `weights` (of the decoder), `mel` and `vocoder` are embedded names or paths."""

    name: ClassVar[str] = "mel-regression"
    front: ClassVar[MelFrontEnd] = MelFrontEnd()
    back: ClassVar[MelBackEnd] = MelBackEnd()

    weights: str = field(default="mel-regression", metadata={"in_name": False})
    mel: str = field(default="mel", metadata={"in_name": False})
    vocoder: str = field(default="vocoder", metadata={"in_name": False})

    @property
    def stochastic(self) -> bool:  # type: ignore[override]
        return config(self.vocoder, VOCODER).draws

    @property
    def parts(self) -> dict[str, str]:
        return {MEL.name: self.mel, REGRESSION.name: self.weights, VOCODER.name: self.vocoder}


CODEC = MelRegression
