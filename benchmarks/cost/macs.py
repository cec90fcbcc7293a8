"""Multiply-accumulates, counted while a codec runs on a signal.

`torch.utils.flop_counter` counts matrix products and convolutions at two operations each; a
multiply-accumulate is half of that. What it passes over is counted here: recurrent layers and
attention where the CPU has one kernel for the whole (it sees none of their products), products that
are added up over a batch, and Fourier transforms at 5 N log2 N operations for N complex values,
half of it for real ones (the usual count of radix 2, M. Frigo and S. G. Johnson, "The Design and
Implementation of FFTW3", Proc. IEEE 2005). Not counted are operations on single elements:
activations, normalizations, additions.

Counting happens on the CPU: what is multiplied does not depend on the device.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from math import log2, prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from ...codecs import Codec
from ...codecs.networks.quantizer import LEARNING_STATE
from ...codecs.noise import Noise
from ..stages import on_device

Shape = Sequence[int]


def count(call: Callable[[], Any]) -> tuple[int, Any]:
    """Multiply-accumulates of a call, and what it returns."""
    fast = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        # The fused layer of transformers hides its products.
        torch.backends.mha.set_fastpath_enabled(False)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        counter = stack.enter_context(FlopCounterMode(display=False, custom_mapping=_FORMULAE))
        result = call()
    return counter.get_total_flops() // 2, result


def count_codec(codec: Codec, signal: Tensor) -> tuple[int, int]:
    """Multiply-accumulates that encoding and decoding of a signal [T] take."""
    codec = on_device(codec, "cpu")
    codec.encode([signal])  # loading weights multiplies too
    encode, payloads = count(lambda: codec.encode([signal]))
    codec.decode(payloads, Noise.of(["0"]))
    decode, _ = count(lambda: codec.decode(payloads, Noise.of(["0"])))
    return encode, decode


def parameters(networks: Sequence[nn.Module]) -> int:
    """Learned numbers of networks: parameters, and stored buffers as codebooks are.

    A network that stands twice is counted once, and what only training needs is not.
    """
    tensors = {
        id(tensor): tensor.numel()
        for network in networks
        for name, tensor in network.state_dict(keep_vars=True).items()
        if not f".{name}".endswith(LEARNING_STATE)
    }
    return sum(tensors.values())


def _lstm(inputs: Shape, w_in: Shape, w_hidden: Shape, *_: Any, **__: Any) -> int:
    steps = prod(inputs[:-1])
    return 2 * steps * (prod(w_in) + prod(w_hidden))


def _attention(query: Shape, key: Shape, value: Shape, *_: Any, **__: Any) -> int:
    batch, length, width = prod(query[:-2]), query[-2], query[-1]
    return 2 * batch * length * key[-2] * (width + value[-1])


def _sum_of_products(_: Shape, first: Shape, second: Shape, *__: Any, **___: Any) -> int:
    return 2 * prod(first) * second[-1]


def _fourier(share: float) -> Callable[..., int]:
    def operations(x: Shape, dims: Sequence[int], *_: Any, out_shape: Shape, **__: Any) -> int:
        signal = x if prod(x) >= prod(out_shape) else out_shape
        length = prod(signal[d] for d in dims)
        return round(share * prod(signal) * 5 * log2(length)) if length > 1 else 0

    return operations


_FORMULAE = {
    torch.ops.aten.mkldnn_rnn_layer: _lstm,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention,
    torch.ops.aten.addbmm_: _sum_of_products,
    torch.ops.aten._fft_r2c: _fourier(0.5),
    torch.ops.aten._fft_c2r: _fourier(0.5),
    torch.ops.aten._fft_c2c: _fourier(1.0),
}
