"""Entropy coding of indices with a fixed order-0 model per stage.

The model is the histogram of each stage's indices on training speech, plus one, shipped in the
weights' file as integers: the same probabilities on every machine. The coder is constriction's
range coder; its output is 32-bit words, of which the zero bytes at the end are dropped.

A. Bamler, "Understanding Entropy Coding With Asymmetric Numeral Systems", arXiv 2201.01741, 2022
(the constriction library).
"""

from typing import Any

import constriction
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bitstream import BitstreamError

COUNTS = "entropy.counts"  # name of the histograms [stages, entries] in a weights' file


class IndexModel:
    """Probabilities of the indices of every stage."""

    def __init__(self, counts: Tensor) -> None:
        """From histograms [stages, entries]; an index that never occurred counts once."""
        smoothed = counts.double().numpy() + 1
        self.probabilities: NDArray[np.float64] = smoothed / smoothed.sum(axis=1, keepdims=True)
        self._models: list[Any] = [
            constriction.stream.model.Categorical(p, perfect=False) for p in self.probabilities
        ]

    def bits(self, indices: Tensor) -> float:
        """Information of indices [stages, T] under the model: what an ideal coder would need."""
        chosen = [self.probabilities[s][row.numpy()] for s, row in enumerate(indices)]
        return float(-np.log2(np.stack(chosen)).sum()) if indices.numel() else 0.0

    def encode(self, indices: Tensor) -> bytes:
        """Range-coded indices [stages, T], stage by stage."""
        coder = constriction.stream.queue.RangeEncoder()
        for stage, row in enumerate(indices):
            coder.encode(row.numpy().astype(np.int32), self._models[stage])
        words: NDArray[np.uint32] = coder.get_compressed()
        return words.astype(">u4").tobytes().rstrip(b"\0")

    def decode(self, data: bytes, stages: int, frames: int) -> Tensor:
        """Indices [stages, frames] of what `encode` gave.

        Raises:
            BitstreamError: no indices have these bytes.
        """
        words = np.frombuffer(data + bytes(-len(data) % 4), ">u4").astype(np.uint32)
        coder = constriction.stream.queue.RangeDecoder(words)
        try:
            rows = [coder.decode(self._models[stage], frames) for stage in range(stages)]
        except AssertionError as error:  # the library's word for it
            raise BitstreamError("the range-coded indices are truncated or damaged") from error
        return torch.from_numpy(np.stack(rows).astype(np.int64))
