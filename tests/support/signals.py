"""Signals as tensors."""

import numpy as np
import torch


def white_noise(seconds=3.0, rate=16_000):
    """The same at every call, float32 [T], of standard deviation 0.1."""
    noise = np.random.default_rng(0).standard_normal(round(seconds * rate))
    return torch.from_numpy(0.1 * noise.astype(np.float32))
