"""mel2wav without diffusion: the same network makes the waveform of the voice's excitation at once.

It has mel2wav's parameters, data and updates, excitation and envelope, a distance of spectra
instead of the diffusion loss, and one evaluation. Samples themselves are no target of a regression:
the mean of all that could follow is silence wherever speech is noise.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from ..weights.parts import MEL, REGRESSION
from .back_ends import WavBackEnd
from .front_ends import MelFrontEnd
from .regression_codec import RegressionCodec


@dataclass(frozen=True)
class Mel2WavRegression(RegressionCodec):
    """One rate; `weights` (of the decoder) and `mel` are embedded names or paths."""

    name: ClassVar[str] = "mel2wav-regression"
    stochastic: ClassVar[bool] = True  # phase and noise of the excitation
    front: ClassVar[MelFrontEnd] = MelFrontEnd()
    back: ClassVar[WavBackEnd] = WavBackEnd()

    weights: str = field(default="mel2wav-regression", metadata={"in_name": False})
    mel: str = field(default="mel", metadata={"in_name": False})

    @property
    def parts(self) -> dict[str, str]:
        return {MEL.name: self.mel, REGRESSION.name: self.weights}


CODEC = Mel2WavRegression
