"""Weights in 8 bit: integers in -127..127 and one scale per output channel.

Half the size of half precision. The error of a weight is at most 1/254 of the largest of its
channel; only tensors large enough to matter are stored so, biases and codebooks never are.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".eight_bit_scale"  # ends the name of the scales [out] of a tensor [out, ...]
SMALLEST = 4096  # elements of a tensor that is worth it
LARGEST_INTEGER = 127


def compress(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, those of large weight matrices and kernels as 8-bit integers and scales."""
    stored = {}
    for name, tensor in tensors.items():
        if _worth(name, tensor):
            largest = tensor.float().flatten(1).abs().amax(dim=1)
            scale = (largest / LARGEST_INTEGER).clamp_min(torch.finfo(torch.float32).tiny)
            ratio = tensor.float() / scale.view(-1, *[1] * (tensor.dim() - 1))
            stored[name] = ratio.round().to(torch.int8)
            stored[name + SCALE] = scale
        else:
            stored[name] = tensor
    return stored


def _worth(name: str, tensor: Tensor) -> bool:
    # a codebook's first dimension is the stage: one scale would serve a thousand entries
    matrix = tensor.is_floating_point() and tensor.dim() > 1 and not name.endswith("codebooks")
    return matrix and tensor.numel() >= SMALLEST


def expand(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that `compress` was given, those in 8 bit as float32."""
    tensors = {}
    for name, tensor in stored.items():
        if name.endswith(SCALE):
            continue
        scale = stored.get(name + SCALE)
        if scale is not None:
            tensor = tensor.float() * scale.float().view(-1, *[1] * (tensor.dim() - 1))
        tensors[name] = tensor
    return tensors
