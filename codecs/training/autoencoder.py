"""Training of the continuous autoencoder: the losses of the GAN baseline, without a quantizer."""

from typing import Any

import torch
from torch import Tensor

from ..networks.autoencoder import AutoencoderConfig, ContinuousAutoencoder
from ..networks.discriminators import CriticConfig, Critics
from ..networks.precision import half_precision
from ..weights.parts import LADIFF_AUTOENCODER
from .component import Component, Recipe, Turn, excerpts, judge
from .data import Crops
from .gan import GanCodec
from .losses import Balancer, SpectralLoss


class AutoencoderTraining(Component):
    """The autoencoder in whose latents `ladiff` diffuses."""

    name = LADIFF_AUTOENCODER.name
    model: ContinuousAutoencoder
    critics: Critics

    def __init__(self, config: AutoencoderConfig, critics: CriticConfig, recipe: Recipe) -> None:
        super().__init__()
        self.model = ContinuousAutoencoder(config)
        self.critics = Critics(critics)
        self.recipe = recipe
        self.spectral_loss = SpectralLoss(config.sample_rate)
        self.balancer = Balancer(GanCodec.WEIGHTS)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        audio = crops.audio
        with half_precision(audio.device):
            decoded = self.model(audio)
        spectra = self.spectral_loss(decoded, audio)
        losses = {"spectra": torch.stack(list(spectra.values())).sum()}
        heard = audio, decoded
        if turn.critics_judge or turn.critics_learn:
            heard = excerpts(*heard, self.recipe.critic_crop, turn.draws)
        if turn.critics_judge:
            losses |= judge(self.critics, *heard)
        turn.model_optimizer.zero_grad(set_to_none=True)
        decoded.backward(self.balancer.gradient(losses, decoded))
        turn.model_optimizer.step()
        losses |= spectra
        if turn.critics_learn:
            losses["critic"] = self.critics_step(*heard, turn)
        return {name: value.detach() for name, value in losses.items()}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        return {"continuous": model(audio)}
