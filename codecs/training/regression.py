"""Training of the ablation: a diffusion decoder's network without diffusion."""

from torch import Tensor
from torch.nn import functional as F

from ..networks.diffusion import DiffusionDecoder, Guide
from ..networks.draws import Draws, steady
from ..weights.parts import REGRESSION
from .diffusion import DiffusionTraining


class RegressionTraining(DiffusionTraining):
    """The ablation: the same network, one evaluation, L1 distance."""

    name = REGRESSION.name
    part = REGRESSION

    def _own_loss(
        self, model: DiffusionDecoder, guide: Guide, target: Tensor, draws: Draws
    ) -> dict[str, Tensor]:
        return {"regression": F.l1_loss(model.refine(guide), target)}

    def _make(self, model: DiffusionDecoder, condition: Tensor) -> Tensor:
        return model.regress(condition, steady(condition.device))
