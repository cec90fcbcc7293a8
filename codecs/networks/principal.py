"""Principal components of features, measured on batches."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

BATCHES = 16  # that they are taken of
CORRECTION = 0.1  # of a network's first weights, beside a linear path that begins so


def principal_components(
    features: Callable[[], Tensor], count: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Mean [C], components [count, C] of unit length and their variances, largest last.

    Args:
        features: gives ever new ones [B, C, T].
        count: at least 1; where it is more than C, there are C components.
    """
    seen = torch.cat([features().transpose(1, 2).flatten(0, 1) for _ in range(BATCHES)]).double()
    mean = seen.mean(dim=0)
    centred = seen - mean
    variances, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    return mean, vectors[:, -count:].T, variances[-count:].clamp_min(0)


@torch.no_grad()
def hold_back(last: nn.Linear) -> None:
    """Let a network whose last layer this is begin as a small correction of a linear path."""
    last.weight.mul_(CORRECTION)
    last.bias.zero_()
