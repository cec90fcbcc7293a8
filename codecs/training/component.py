"""What a trainable component is: a network, the losses that train it, how its progress is heard.

A component holds the network that is exported (`model`), the discriminators that judge it
(`critics`), and `update`, one training step from a batch of speech crops. The loop, the data, the
checkpoints and the clock belong to the trainer.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..base import CodecError
from ..networks.discriminators import Critics
from ..networks.draws import Draws
from ..networks.precision import half_precision
from ..networks.quantizer import ResidualQuantizer
from ..networks.weight_norm import adopt
from .data import Crops
from .losses import adversarial_loss, discriminator_loss, feature_matching


@dataclass(frozen=True)
class Recipe:
    """How a component is trained.

    Attributes:
        items, crop: of a batch; the crop in samples, a whole number of hops.
        learning_rate, critic_learning_rate: of the cosine schedule's start.
        reconstruction_share: of the budget that passes before the discriminators learn.
        critic_head_start: share of the budget for which they learn before the model hears them, at
            least: balanced losses would give untrained judgements their full share of the update.
        critic_interval: steps between two updates of the discriminators.
        critic_loss: of one discriminator, below which the model hears them: 0.5 is chance, and at
            chance level they have nothing to say.
        critic_crop: samples of a crop that the discriminators judge, drawn anew at every step; 0
            for all. They cost more than the model.
        plain_share: of the budget that passes before a quantizer begins, on latents that mean
            something by then.
    """

    items: int
    crop: int
    learning_rate: float = 5e-4
    critic_learning_rate: float = 5e-4
    reconstruction_share: float = 1.0
    critic_head_start: float = 0.05
    critic_interval: int = 2
    critic_loss: float = 0.35
    critic_crop: int = 0
    plain_share: float = 0.0

    def at_rate(self, learning_rate: float) -> "Recipe":
        """The recipe at another learning rate of the model; the discriminators keep theirs.

        A model that goes on from weights learns slowly, its discriminators begin from nothing.

        Raises:
            CodecError: the rate is not positive and finite.
        """
        if not 0 < learning_rate < math.inf:
            raise CodecError(f"a learning rate is positive and finite, not {learning_rate}")
        return replace(self, learning_rate=learning_rate)


@dataclass(frozen=True)
class Turn:
    """What one step may do: with which optimizers, on whose turn, and its random numbers.

    Attributes:
        critics_learn: the discriminators make a step.
        critics_judge: the model hears them.
        quantize: the quantizer takes part.
    """

    model_optimizer: Optimizer
    critic_optimizer: Optimizer | None
    critics_learn: bool
    critics_judge: bool
    quantize: bool
    draws: Draws


class Component(nn.Module, ABC):
    """One trainable part of the suite."""

    name: ClassVar[str]
    model: nn.Module
    critics: Critics | None
    recipe: Recipe
    started = False
    quantizing = True  # does the quantizer take part, if there is one?

    @property
    def config(self) -> Any:
        """The dataclass that the network was built from, with `sample_rate` and `hop`."""
        return self.model.config

    def start_from(self, network: Any) -> None:
        """Take over the weights of a trained network, folded, instead of initializing.

        Raises:
            CodecError: the network has another configuration.
        """
        if self.architecture(network.config) != self.architecture(self.config):
            raise CodecError(f"weights of {network.config} do not fit {self.config}")
        adopt(self.model, network)
        for module in self.model.modules():
            if isinstance(module, ResidualQuantizer):
                module.restart()
        self.started = True

    def architecture(self, config: Any) -> Any:
        """What a configuration says of the network's shape: all of it."""
        return config

    @abstractmethod
    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        """One step on crops; the losses by name, detached."""

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        """Signals that `model` makes of a signal [1, k * hop], by the name of the point."""
        return {}

    def distances(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        """What measures `model` on a signal [1, k * hop] beside the metrics of its renderings."""
        return {}

    def tokens(self, model: Any, audio: Tensor) -> Tensor | None:
        """Indices [B, stages, k] of signals [B, k * hop], for the entropy model; None without."""
        return None

    def critics_step(self, real: Tensor, fake: Tensor, turn: Turn) -> Tensor:
        """One step of the discriminators on signals [B, T]; their loss."""
        assert self.critics is not None
        assert turn.critic_optimizer is not None
        with half_precision(real.device):
            judged_real, judged_fake = self.critics(real), self.critics(fake.detach())
        loss = discriminator_loss(judged_real, judged_fake)
        turn.critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        turn.critic_optimizer.step()
        return loss

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        """Set what depends on data before the first step; `crops()` gives ever new batches."""

    def begin_quantizing(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        """Set the quantizer by data, after the recipe's share without it."""

    @property
    def wants_pitch(self) -> bool:
        """Does a step need the crops' pitch?"""
        return False


def excerpts(real: Tensor, fake: Tensor, length: int, draws: Draws) -> tuple[Tensor, Tensor]:
    """The same random excerpt [B, length] of both signals [B, T]; all of them for a length of 0."""
    items, samples = real.shape
    if not 0 < length < samples:
        return real, fake
    starts = draws(lambda g: torch.randint(samples - length + 1, (items, 1), generator=g))
    places = starts + torch.arange(length, device=starts.device)
    return real.gather(1, places), fake.gather(1, places)


def judge(critics: Critics, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    """Adversarial and feature-matching losses of decoded signals; the critics get no gradient."""
    critics.requires_grad_(False)
    with half_precision(real.device):
        with torch.no_grad():
            judged_real = critics(real)
        judged_fake = critics(fake)
    critics.requires_grad_(True)
    return {
        "adversarial": adversarial_loss(judged_fake),
        "features": feature_matching(judged_real, judged_fake),
    }
