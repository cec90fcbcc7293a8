"""Latents of known size: divided by one number, the root mean square of all their values.

An encoder that may scale its output freely runs away from codebooks that follow as a moving
average. One number keeps it from that and leaves the channels their proportions, so that a
quantizer spends its bits on those that matter; a normalization of every frame or channel would not.
"""

import torch
from torch import Tensor, nn

PACE = 0.01  # of the moving average that decoding divides by


class UnitSize(nn.Module):
    """Values of any shape to the same of mean square 1: over the batch in training, else as it was.

    The mean square of the very batch is divided by in training, so that the gradient knows it.
    """

    size: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("size", torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x / self.size
        size = x.square().mean().sqrt().clamp_min(1e-5)
        with torch.no_grad():
            self.size.lerp_(size, PACE)
        return x / size
