"""Noise schedules of discrete chains: the share of the signal's power that n steps leave.

Conventions
    table  alpha-bar [T + 1], float64: entry n is the product of 1 - beta over the first n steps, so
           entry 0 is 1; the forward process is x_n ~ N(sqrt(alpha-bar_n) x_0, 1 - alpha-bar_n)

J. Ho et al., "Denoising Diffusion Probabilistic Models", NeurIPS 2020 (linear). A. Nichol and
P. Dhariwal, "Improved Denoising Diffusion Probabilistic Models", ICML 2021 (cosine). R. San Roman
et al., "From Discrete Tokens to High-Fidelity Audio Using Multi-Band Diffusion", NeurIPS 2023
(power).
"""

import math

import torch
from torch import Tensor


def linear(steps: int, first: float, last: float) -> Tensor:
    """Betas on a line from `first` to `last`."""
    return accumulate(torch.linspace(first, last, steps, dtype=torch.float64))


def cosine(steps: int, offset: float = 0.008, largest: float = 0.999) -> Tensor:
    """Alpha-bar along a squared cosine, betas at most `largest`."""
    n = torch.arange(steps + 1, dtype=torch.float64)
    curve = torch.cos((n / steps + offset) / (1 + offset) * math.pi / 2).square()
    return accumulate((1 - curve[1:] / curve[:-1]).clamp_max(largest))


def power(steps: int, first: float, last: float, exponent: float) -> Tensor:
    """Betas that are a power of a line: most steps are spent at little noise."""
    ends = first ** (1 / exponent), last ** (1 / exponent)
    return accumulate(torch.linspace(*ends, steps, dtype=torch.float64) ** exponent)


def accumulate(betas: Tensor) -> Tensor:
    """Alpha-bar [T + 1] of betas [T].

    Raises:
        ValueError: a beta is not between 0 and 1.
    """
    if not bool(((betas > 0) & (betas < 1)).all()):
        raise ValueError(f"betas from {betas.min():g} to {betas.max():g}; allowed is 0 to 1")
    return torch.cat([betas.new_ones(1), torch.cumprod(1 - betas, dim=0)])
