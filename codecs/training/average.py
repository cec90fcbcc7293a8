"""Moving average of a network's weights, which is what training validates and exports."""

import copy
from functools import cached_property

import torch
from torch import Tensor, nn

DECAY = 0.999


class MovingAverage:
    """Exponential average of a model's floating-point tensors; all others are copied.

    Attributes:
        module: a copy of the model with the averaged weights, for evaluation only.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.module: nn.Module = copy.deepcopy(model).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the model after `step` steps; the first ones weigh more, for a quick start."""
        decay = min(DECAY, (1 + step) / (10 + step))
        floating, others = self._pairs
        torch._foreach_lerp_(*floating, 1 - decay)
        for value, new in zip(*others, strict=True):
            value.copy_(new)

    @torch.no_grad()
    def restart(self, prefix: str) -> None:
        """Take the tensors whose names begin so as they are: what they were before is void."""
        own, new = self.module.state_dict(), self.model.state_dict()
        for name, value in own.items():
            if name.startswith(prefix):
                value.copy_(new[name])

    @cached_property
    def _pairs(self) -> tuple[tuple[list[Tensor], list[Tensor]], ...]:
        """The tensors of average and model: those that are averaged, those that are copied.

        Loading writes into them, so they stay the same ones.
        """
        new = self.model.state_dict()
        pairs = [(value, new[name]) for name, value in self.module.state_dict().items()]
        kinds = [[p for p in pairs if p[0].is_floating_point() is kind] for kind in (True, False)]
        return tuple(([old for old, _ in kind], [new for _, new in kind]) for kind in kinds)
