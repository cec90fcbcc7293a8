"""Training of the ablations: a diffusion decoder's network without diffusion."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.diffusion import DiffusionConfig, DiffusionDecoder, Guide
from ..networks.draws import Draws, steady
from ..weights.parts import REGRESSION
from .component import Recipe
from .diffusion import DiffusionTraining, Ends
from .losses import SpectralLoss


class RegressionTraining(DiffusionTraining):
    """The same network, one evaluation: L1 distance of mels, distance of the spectra of waveforms.

    A waveform's spectra are those of the flat speech that the process would run over.
    """

    name = REGRESSION.name
    part = REGRESSION

    def __init__(self, config: DiffusionConfig, ends: Ends, recipe: Recipe) -> None:
        super().__init__(config, ends, recipe)
        waves = config.output == "wav"
        self.spectral_loss = SpectralLoss(config.sample_rate) if waves else None

    def _own_loss(
        self, model: DiffusionDecoder, guide: Guide, target: Tensor, draws: Draws
    ) -> dict[str, Tensor]:
        made = model.refine(guide)
        if self.spectral_loss is None:
            return {"regression": F.l1_loss(made, target)}
        spectra = self.spectral_loss(made[:, 0].float(), target[:, 0])
        return {"regression": torch.stack(list(spectra.values())).sum()}

    def _make(self, model: DiffusionDecoder, condition: Tensor) -> Tensor:
        return model.regress(condition, steady(condition.device))
