"""Random tensors of a training step, drawn on the CPU: a seed means the same on every device."""

from collections.abc import Callable

import torch
from torch import Tensor

Draw = Callable[[torch.Generator], Tensor]


class Draws:
    """Draws from one generator, brought to a device.

    Whatever is random in a step goes through here, so that a step that is recorded once can be
    repeated with other random numbers (`training.steps`).
    """

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        self.generator = generator
        self.device = device

    def __call__(self, draw: Draw) -> Tensor:
        """What `draw` makes of the generator, on the device."""
        return draw(self.generator).to(self.device, non_blocking=True)
