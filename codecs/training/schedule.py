"""What the share of the budget that is spent decides: the learning rate, the discriminators' turn.

Progress rises from 0 to 1, in steps or in minutes (`plan.Budget`).
"""

import math
from collections.abc import Mapping
from typing import Any

from .component import Recipe

WARMUP_STEPS = 100
FINAL_RATE = 0.1  # of the learning rate, at the end of the budget
CHANCE = 0.5  # loss of a discriminator that tells nothing apart (least squares, 0 and 1)
LOSS_DECAY = 0.98


def rate_factor(step: int, progress: float) -> float:
    """Factor on the learning rates: a linear warm-up, then half a cosine to `FINAL_RATE`."""
    warmup = min(1.0, (step + 1) / WARMUP_STEPS)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return warmup * (FINAL_RATE + (1 - FINAL_RATE) * cosine)


class CriticsTurn:
    """When the discriminators learn, and from when on the model hears them.

    They learn after the recipe's share of the budget, at once beside weights that were trained
    before. The model hears them once their head start has passed and their loss is below the
    recipe's.

    Attributes:
        loss: moving average of the loss of one discriminator.
        heard: does the model hear them?
    """

    def __init__(self, recipe: Recipe, members: int, started: bool = False) -> None:
        self.recipe, self.members = recipe, members
        self.start = 0.0 if started else recipe.reconstruction_share
        self.loss, self.heard = CHANCE, False

    def phase(self, progress: float) -> tuple[bool, bool]:
        """Whether they learn yet, and whether the model hears them yet."""
        if self.start >= 1 or not self.members:
            return False, False
        ready = (
            progress >= self.start + self.recipe.critic_head_start
            and self.loss < self.recipe.critic_loss
        )
        self.heard = self.heard or ready
        return progress >= self.start, self.heard

    def observe(self, loss: float) -> None:
        """Take in the sum of their losses at one step."""
        self.loss += (1 - LOSS_DECAY) * (loss / self.members - self.loss)

    def unheard(self) -> str:
        """Why the model has not heard its discriminators; "" if it has, or has none."""
        if self.heard or not self.members:
            return ""
        return (
            f"the discriminators were not heard: the loss of one is {self.loss:.2f} ({CHANCE} is "
            f"chance), and is to fall below {self.recipe.critic_loss}; train longer"
        )

    def state(self) -> dict[str, float | bool]:
        """What a checkpoint keeps."""
        return {"loss": self.loss, "heard": self.heard}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Take up what a checkpoint kept."""
        self.loss, self.heard = state["loss"], state["heard"]
