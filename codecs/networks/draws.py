"""Random tensors of a training step, drawn on the CPU: a seed means the same on every device."""

from collections.abc import Callable

import torch
from torch import Tensor

FromGenerator = Callable[[torch.Generator], Tensor]
DrawShape = Callable[[tuple[int, ...]], Tensor]  # a standard normal tensor of this shape


class Draws:
    """Draws from one generator, brought to a device.

    Whatever is random in a step goes through here, so that a step that is recorded once can be
    repeated with other random numbers (`training.steps`).
    """

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        self.generator = generator
        self.device = device

    def __call__(self, draw: FromGenerator) -> Tensor:
        """What `draw` makes of the generator, on the device."""
        return draw(self.generator).to(self.device, non_blocking=True)

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """A standard normal tensor, on the device."""
        return self(lambda generator: torch.randn(shape, generator=generator))


def steady(device: torch.device) -> DrawShape:
    """Draws that are the same at every call: of one generator with one seed."""
    return Draws(torch.Generator().manual_seed(0), device).normal
