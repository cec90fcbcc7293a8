"""Inference on a CPU, block by block in time: convolutions over arrays [channels, T].

A network that runs at the sample rate is bound by memory: its activations are far larger than any
cache, and each activation, sum and gate is a pass over all of them. Here time is cut into blocks
whose buffers stay in the second-level cache from a layer's first operation to its last, and are
written in place.

A convolution is one matrix product per tap of its kernel, on a shifted view of the input: nothing
is rearranged or copied, and the products add up in the output. The vector units run over time, so
that they are full whether a network has 8 channels or 64. The numbers are the modules' up to
rounding.

Gradients, GPUs and half precision stay with the modules. Items of a batch are taken one by one, so
that none depends on the others.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

BLOCK = 2**17  # elements of one buffer: four of them fill a cache of 2 MiB


def applies(x: Tensor) -> bool:
    """Is this inference on a CPU, in the precision of the tensor?"""
    return (
        not torch.is_grad_enabled()
        and x.device.type == "cpu"
        and not torch.is_autocast_enabled("cpu")
    )


@dataclass(frozen=True)
class Taps:
    """A Conv1d of stride 1 that keeps the length, as one matrix per tap.

    Attributes:
        weights: [kernel, outputs, inputs].
        bias: [outputs, 1].
        dilation: samples from tap to tap.
    """

    weights: Tensor
    bias: Tensor
    dilation: int

    @classmethod
    def of(cls, conv: nn.Module) -> "Taps":
        """The taps of a layer's current weights: making them is cheap beside running the layer."""
        assert isinstance(conv, nn.Conv1d)
        assert conv.bias is not None
        weights = conv.weight.permute(2, 0, 1).contiguous()
        return cls(weights, conv.bias[:, None], conv.dilation[0])

    @property
    def reach(self) -> int:
        """Samples that an output sees on either side."""
        return (len(self.weights) - 1) * self.dilation // 2

    def add_to(self, out: Tensor, x: Tensor, first: int) -> None:
        """Add to out [outputs, n] what the taps, without the bias, make of x [inputs, T].

        The first column of `out` belongs to column `first` of x; x has `reach` columns before it
        and behind the last one.
        """
        length = out.shape[1]
        seen = x[:, first - self.reach : first + length + self.reach]
        shifted = seen.unfold(1, length, self.dilation).transpose(0, 1)  # [kernel, inputs, n]
        out.addbmm_(self.weights, shifted)
