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
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from ...codecs import Codec
from ...codecs.noise import Noise

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
    codec = codec.on("cpu")
    codec.encode([signal])  # loading weights multiplies too
    encode, payloads = count(lambda: codec.encode([signal]))
    codec.decode(payloads, Noise.of(["0"]))
    decode, _ = count(lambda: codec.decode(payloads, Noise.of(["0"])))
    return encode, decode


def parameters(networks: Sequence[nn.Module], call: Callable[[], Any]) -> int:
    """Learned numbers of networks that a call reads: parameters, and buffers such as codebooks.

    A tensor that stands twice is counted once, and whole where a part of it is read; what only
    training needs, or a decoder that is loaded with an encoder but never runs, is not counted.
    """
    with _Reads() as reads:
        call()
    tensors = {
        id(tensor): tensor.numel()
        for network in networks
        for tensor in network.state_dict(keep_vars=True).values()
        if _storage(tensor) in reads.storages
    }
    return sum(tensors.values())


def run_codec(codec: Codec, signal: Tensor) -> None:
    """Encode and decode a signal [T]."""
    codec.decode(codec.encode([signal]), Noise.of(["0"]))


class _Reads(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes what lies in memory under the tensors that operations are given."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.storages: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = tree_leaves((args, kwargs or {}))
        self.storages |= {_storage(value) for value in given if isinstance(value, Tensor)}
        return func(*args, **(kwargs or {}))


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


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
