"""What decoding costs: networks against their own layers, and every trained codec in real time.

    python -m nscbench.benchmarks.selftime.decoder_speed [--items FOLDER_OR_MANIFEST] [--repeats 3]

Networks at published sizes, with random weights: the same network is run by the suite, and layer by
layer as PyTorch's modules do it, weight normalization folded in both. DiffWave predicts at
four times, and what it prepares before them counts; Grad-TTS's U-Net predicts once.

    modules, here  real-time factor: seconds of computing for a second of audio at 16 kHz
    products       of here, the least that the network's products could take: at the speed that a
                   large matrix product has in the same repeats; the rest is passes over memory
    faster         modules over here, the median of the repeats' ratios; both are timed in turn
    differs        largest difference between both outputs, which are of the order of 1

Codecs at their default operating points, with the weights that are embedded:

    encode, decode real-time factor, one signal of `SECONDS` at a time

Each is done on one thread and on all. Figures are medians over the repeats; other programs slow
them, but hardly the ratios.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from ...codecs import available
from ...codecs.audio.reading import AudioError, read_audio
from ...codecs.hardware import hardware
from ...codecs.neural.token_codec import TokenCodec
from ...metrics.machinery.signals import resample
from ..cost.macs import count as count_products
from ..cost.timing import threads, time_codec
from ..data.items import ItemsError, read_items
from .module_calls import RATE, Case, cases

SECONDS = 3.0  # of the signal that codecs code
SQUARE = 1536  # rows of the large matrix product


@dataclass
class Timing:
    """Seconds of each repeat of a case, with so many threads."""

    case: Case
    threads: int
    differs: float = math.nan
    products: float = math.nan
    modules: list[float] = field(default_factory=list)
    here: list[float] = field(default_factory=list)

    def faster(self) -> float:
        """Median of the repeats' ratios."""
        return median(a / b for a, b in zip(self.modules, self.here, strict=True))


@torch.inference_mode()
def time_case(case: Case, count: int, repeats: int) -> Timing:
    """Both ways in turn, after one call of each."""
    torch.set_num_threads(count)
    timing = Timing(case, count)
    timing.differs = float((case.modules() - case.here()).abs().max())
    products, matrix = count_products(case.here)[0], torch.ones(SQUARE, SQUARE)
    speeds = []
    ways = ((timing.modules, case.modules), (timing.here, case.here))
    for repeat in range(repeats):
        for taken, call in ways if repeat % 2 == 0 else reversed(ways):
            begin = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        torch.mm(matrix, matrix)
        speeds.append(SQUARE**3 / (time.perf_counter() - begin))
    timing.products = products / median(speeds)
    return timing


def trained_codecs() -> list[TokenCodec]:
    """Those of the suite whose weights are here, at their default operating points."""
    codecs = [cls() for cls in available().values() if issubclass(cls, TokenCodec)]
    return [codec for codec in codecs if not codec.lacking]


def network_table(timings: Sequence[Timing]) -> str:
    """One line for each network and number of threads."""
    lines = [
        f"{'network':18}{'threads':>8}{'modules':>10}{'here':>9}{'products':>10}{'faster':>9}"
        f"{'differs':>10}",
    ]
    for timing in timings:
        modules, here = (median(t) / timing.case.seconds for t in (timing.modules, timing.here))
        lines.append(
            f"{timing.case.name:18}{timing.threads:8}{modules:10.3f}{here:9.3f}"
            f"{timing.products / timing.case.seconds:10.3f}{timing.faster():8.2f}x"
            f"{timing.differs:10.0e}"
        )
    return "\n".join(lines)


def codec_table(speech: Tensor, counts: Sequence[int], repeats: int) -> Iterator[str]:
    """One line for each codec, as soon as it is timed."""
    heads = [f"{side} {count}" for count in counts for side in ("encode", "decode")]
    yield f"{'condition':18}" + "".join(f"{head:>10}" for head in heads)
    for codec in trained_codecs():
        at_rate = resample(speech.double().numpy(), RATE, codec.sample_rate).astype(np.float32)
        factors = [
            median(times)
            for count in counts
            for times in time_codec(codec, "cpu", [torch.from_numpy(at_rate)], count, repeats)
        ]
        yield f"{codec.condition:18}" + "".join(f"{factor:10.3f}" for factor in factors)


def speech(items: str) -> Tensor:
    """The first `SECONDS` of a test set's items, joined, at `RATE` [T].

    Raises:
        ItemsError, AudioError: no items, or a file that is not audio.
    """
    signals: list[Tensor] = []
    for item in read_items(items):
        signal, rate, _ = read_audio(item.path)
        signals.append(torch.from_numpy(resample(signal, rate, RATE)).float())
        if sum(map(len, signals)) >= SECONDS * RATE:
            break
    return torch.cat(signals)[: round(SECONDS * RATE)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nscbench.benchmarks.selftime.decoder_speed")
    parser.add_argument("--items", default="demo", help="folder or manifest; default: demo set")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    try:
        signal = speech(options.items)
    except (ItemsError, AudioError) as error:
        print(error, file=sys.stderr)
        return 2
    repeats, counts, machine = max(1, options.repeats), sorted({1, threads()}), hardware("cpu")
    print(f"{machine['processor']}, {machine['cores']} cores, torch {torch.__version__}\n")
    timings = [
        time_case(case, count, repeats)
        for case in tqdm(list(cases()), "networks", disable=None, leave=False)
        for count in counts
    ]
    print(network_table(timings), end="\n\n", flush=True)
    for line in codec_table(signal, counts, repeats):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
