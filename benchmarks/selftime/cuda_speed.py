"""What decoding costs on a CUDA device: kernel by kernel or as a graph, in whole or half precision.

    python -m nscbench.benchmarks.selftime.cuda_speed [--items FOLDER_OR_MANIFEST] [--repeats 5]

Every diffusion codec with the embedded weights, at its default operating point, decodes one signal
of `SECONDS` at a time. Figures are real-time factors, medians over the repeats.

    modules        the networks as PyTorch runs them, float32
    graph          the denoiser's evaluations replayed as a CUDA graph (`launch="graph"`)
    bfloat16       layers under autocast, kernel by kernel
    both           a graph of layers in bfloat16
    faster         modules over the fastest of the others
    differs        largest difference between the samples of modules and graph, 1 is full scale
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.audio.reading import AudioError
from ...codecs.neural.diffusion_codec import DiffusionCodec
from ...codecs.noise import Noise
from ...metrics.machinery.signals import resample
from ..cost.timing import time_codec
from ..data.items import ItemsError
from .decoder_speed import speech, trained_codecs
from .module_calls import RATE

WAYS: dict[str, dict[str, Any]] = {
    "modules": {},
    "graph": {"launch": "graph"},
    "bfloat16": {"precision": "bfloat16"},
    "both": {"launch": "graph", "precision": "bfloat16"},
}


def table(signal: Tensor, repeats: int) -> Iterator[str]:
    """One line for each codec, as soon as it is timed, of a signal [T] at `RATE`."""
    yield f"{'condition':18}" + "".join(f"{way:>10}" for way in (*WAYS, "faster", "differs"))
    for codec in trained_codecs():
        if isinstance(codec, DiffusionCodec):
            yield row(codec, signal, repeats)


def row(codec: DiffusionCodec, signal: Tensor, repeats: int) -> str:
    """The line of one codec."""
    at_rate = resample(signal.double().numpy(), RATE, codec.sample_rate).astype(np.float32)
    signals = [torch.from_numpy(at_rate)]
    ways = {way: replace(codec, **changes) for way, changes in WAYS.items()}
    factors = {
        way: median(time_codec(variant, "cuda", signals, 1, repeats)[1])
        for way, variant in ways.items()
    }
    modules, *others = factors.values()
    plain, graph = (_decode(ways[way].on("cuda"), signals) for way in ("modules", "graph"))
    return (
        f"{codec.condition:18}"
        + "".join(f"{factor:10.4f}" for factor in factors.values())
        + f"{modules / min(others):9.2f}x{float((plain - graph).abs().max()):10.0e}"
    )


def _decode(codec: Codec, signals: Sequence[Tensor]) -> Tensor:
    return codec.decode(codec.encode(signals), Noise.of(["0"]))[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nscbench.benchmarks.selftime.cuda_speed")
    parser.add_argument("--items", default="demo", help="folder or manifest; default: demo set")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        print("decoding on a GPU is not measured: there is no CUDA device")
        return 0
    try:
        signal = speech(options.items)
    except (ItemsError, AudioError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}\n")
    for line in table(signal, max(1, options.repeats)):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
