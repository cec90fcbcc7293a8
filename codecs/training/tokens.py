"""How often every index occurs: what the entropy model of a quantizer is made of."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..networks.quantizer import count_indices
from .component import Component

COUNTED_SECONDS = 600.0  # of speech


@torch.inference_mode()
def count_tokens(
    component: Component, model: nn.Module, unseen: Callable[[int], Tensor]
) -> Tensor | None:
    """How often every index [stages, entries] occurs; None for a network without a quantizer.

    Args:
        model: the component's network.
        unseen: batches [B, T] of training data that no step sees, by numbers from 1.
    """
    counts: Tensor | None = None
    recipe, rate = component.recipe, component.config.sample_rate
    batches = math.ceil(COUNTED_SECONDS * rate / (recipe.items * recipe.crop))
    for number in range(1, batches + 1):
        indices = component.tokens(model, unseen(number))
        if indices is None:
            return None
        found = count_indices(indices, component.config.entries)
        counts = found if counts is None else counts + found
    return counts
