"""SCOREQ's networks: wav2vec 2.0 base, finetuned by contrastive regression on listeners' ratings.

Ragano, Skoglund & Hines, "SCOREQ: Speech Quality Assessment with Contrastive Regression" (NeurIPS
2024). Of its two domains, `natural` (trained on NISQA's simulated distortions) is the one for
codecs; `synthetic` is for text-to-speech. `scoreq_nr` and `scoreq_ref` are its two modes, each with
a network of its own. Both networks are the ONNX files that the authors' package `scoreq` runs, on
the same input: 16 kHz, level as it is, zeros up to a multiple of the encoder's stride.
"""

import numpy as np
from numpy.typing import NDArray

from ..base import Signal
from . import onnx_graph
from .weights import Weights

URL = "https://zenodo.org/records/15739280/files"
STRIDE = 320  # samples between frames of the encoder
SHORTEST, LONGEST = 0.5, 60.0  # seconds: the memory of attention grows with the square of them


def published(file: str) -> Weights:
    """The network of one mode."""
    return Weights("scoreq", URL, (file,), megabytes=378, licence="CC-BY-4.0")


def outputs(weights: Weights, signal: Signal) -> NDArray[np.float32]:
    """What the network of one mode says of a signal [T] at 16 kHz: [1, 1] or [1, features]."""
    padded = np.pad(signal, (0, -len(signal) % STRIDE)).astype(np.float32)
    return onnx_graph.infer(weights, padded[None])
