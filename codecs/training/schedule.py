"""What the share of the budget that is spent decides: the learning rate, the discriminators' turn.

Progress rises from 0 to 1, in steps or in minutes (`plan.Budget`).
"""

import math

from .component import Recipe

WARMUP_STEPS = 100
FINAL_RATE = 0.1  # of the learning rate, at the end of the budget


def rate_factor(step: int, progress: float) -> float:
    """Factor on the learning rates: a linear warm-up, then half a cosine to `FINAL_RATE`."""
    warmup = min(1.0, (step + 1) / WARMUP_STEPS)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return warmup * (FINAL_RATE + (1 - FINAL_RATE) * cosine)


def critics_phase(recipe: Recipe, progress: float) -> tuple[bool, bool]:
    """Whether the discriminators learn yet, and whether the model hears them yet."""
    start = recipe.reconstruction_share
    if start >= 1:
        return False, False
    return progress >= start, progress >= start + recipe.critic_head_start
