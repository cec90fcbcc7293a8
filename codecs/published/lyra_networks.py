"""The three networks of Lyra V2 on LiteRT: encoder, quantizer, decoder.

Encoder and decoder keep their past in resource variables, which no call resets: whoever makes a new
instance starts anew. Kernels are pinned, since others give other packets: XNNPACK for these two,
LiteRT's own for the quantizer, one thread each, as google/lyra 1.3.2 runs them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...metrics.machinery.chatter import held_back
from ..base import CodecError
from .lyra_concealment import FEATURES
from .lyra_noise import HOP

ENCODER, QUANTIZER, DECODER = "soundstream_encoder.tflite", "quantizer.tflite", "lyragan.tflite"
STAGES = 46
_FULL_SCALE = 32768
_UNUSED = -1  # index of a stage that a packet does not have

Indices = NDArray[np.int32]


class Encoder:
    """Features of one signal, frame by frame."""

    def __init__(self, folder: Path) -> None:
        self._network = _Stateful(folder / ENCODER, FEATURES)

    def __call__(self, frame: NDArray[np.int16]) -> NDArray[np.float32]:
        """Features [64] of the next samples [320]."""
        return self._network((frame / _FULL_SCALE).astype(np.float32)[None])


class Decoder:
    """The samples of one signal, frame by frame."""

    def __init__(self, folder: Path) -> None:
        self._network = _Stateful(folder / DECODER, HOP)

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The next samples [320] of features [64]: whole numbers of 16 bits."""
        made = self._network(features[None, None]).astype(np.float64)
        return np.trunc(np.clip(made * _FULL_SCALE, -_FULL_SCALE, _FULL_SCALE - 1))


class Quantizer:
    """Residual vector quantizer of 46 stages of 16 entries; it has no state."""

    def __init__(self, folder: Path) -> None:
        network = _interpreter(folder / QUANTIZER, xnnpack=False)
        try:
            self._encode = network.get_signature_runner("encode")
            self._decode = network.get_signature_runner("decode")
        except ValueError as error:
            raise CodecError(f"{folder / QUANTIZER} is not Lyra's quantizer: {error}") from error

    def indices(self, features: NDArray[np.float32], stages: int) -> Indices:
        """Indices [stages] in 0..15 of features [64]."""
        made = self._encode(
            input_frames=features[None, None], num_quantizers=np.array(stages, np.int32)
        )
        return np.asarray(made["output_0"].reshape(-1)[:stages], np.int32)

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Features [64] of indices [stages]."""
        every = np.full((STAGES, 1, 1), _UNUSED, np.int32)
        every[: len(indices), 0, 0] = indices
        return np.asarray(self._decode(encoding_indices=every)["output_0"].reshape(-1), np.float32)


class _Stateful:
    """A network of one input and one output that remembers what it was given."""

    def __init__(self, file: Path, size: int) -> None:
        self._file, self._size = file, size
        self._network = _interpreter(file, xnnpack=True)
        self._input = self._network.get_input_details()[0]["index"]
        self._output = self._network.get_output_details()[0]["index"]

    def __call__(self, given: NDArray[np.float32]) -> NDArray[np.float32]:
        self._network.set_tensor(self._input, given)
        self._network.invoke()
        made = np.asarray(self._network.get_tensor(self._output).reshape(-1), np.float32)
        if len(made) != self._size or not np.isfinite(made).all():
            raise CodecError(f"{self._file} gave {made[:3]}..., not {self._size} finite values")
        return made


def _interpreter(file: Path, xnnpack: bool) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    if xnnpack:
        kernels = OpResolverType.BUILTIN
    try:
        with held_back():
            network = Interpreter(str(file), num_threads=1, experimental_op_resolver_type=kernels)
            network.allocate_tensors()  # here the delegate is made, which says so
            return network
    except (ValueError, RuntimeError) as error:
        raise CodecError(f"{file} cannot be loaded: {error}") from error
