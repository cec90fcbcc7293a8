"""A cell of the design space without diffusion: its network, its ends, one evaluation.

What a cell gains over this is what sampling is worth.
"""

from typing import Any, ClassVar

from torch import Tensor, nn

from ..networks.draws import DrawShape
from ..weights.parts import REGRESSION, Part, TokenConfig
from .back_ends import BackEnd
from .diffusion_codec import RATES, check_fit
from .front_ends import FrontEnd
from .token_codec import TokenCodec


class RegressionCodec(TokenCodec):
    """One rate; a subclass states the two ends and where the weights of all parts are."""

    rates: ClassVar[tuple[float, ...]] = RATES
    operating_points: ClassVar = tuple({"kbps": rate} for rate in RATES)
    front: ClassVar[FrontEnd[Any, Any]]
    back: ClassVar[BackEnd[Any, Any]]

    @property
    def tokenizer(self) -> Part[TokenConfig, nn.Module]:
        return self.front.part

    def tokenize(self, audio: Tensor) -> Tensor:
        return self.front.tokenize(self.network(self.front.part), audio, self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of indices [1, stages, k].

        Raises:
            CodecError: the weights are of another cell, or were trained on other ends.
        """
        decoder = self.network(REGRESSION)
        check_fit(decoder.config, self.front, self.back, self.parts)
        condition = self.front.condition(self.network(self.front.part), indices, draw)
        last = self.network(self.back.part) if self.back.part else None
        return self.back.waveform(last, decoder.regress(condition, draw), draw)
