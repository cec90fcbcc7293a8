"""Real-time factors: seconds that a codec computes for a second of audio.

One call warms up: weights are read, kernels chosen, memory taken. Then calls are timed by the wall
clock, each of them whole: on a CUDA device the clock waits for all work that was queued before it
starts and before it stops. A factor is the median over the calls; the fastest and the slowest are
its range. Encoder and decoder are timed apart.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.noise import Noise

FEWEST = 3  # timed calls, however long they take
ENOUGH = 20.0  # seconds of timed calls, after which no further one is started


def time_codec(
    codec: Codec, device: str, signals: Sequence[Tensor], threads: int, repeats: int
) -> tuple[list[float], list[float]]:
    """Factors of encoding and of decoding signals [T_i] in one call, with so many threads of torch.

    Libraries of conventional codecs have one thread, whatever is allowed.
    """
    torch.set_num_threads(threads)
    codec = codec.on(device)
    seconds = sum(len(signal) for signal in signals) / codec.sample_rate
    names = [str(number) for number in range(len(signals))]
    payloads: list[bytes] = codec.encode(signals)  # warms up, as the first decoding does below
    codec.decode(payloads, Noise.of(names))
    encode = _times(lambda: codec.encode(signals), device, repeats)
    decode = _times(lambda: codec.decode(payloads, Noise.of(names)), device, repeats)
    return [t / seconds for t in encode], [t / seconds for t in decode]


def synchronize(device: str) -> None:
    """Wait for what was queued on a CUDA device."""
    if device == "cuda":
        torch.cuda.synchronize()


def _times(call: Callable[[], Any], device: str, repeats: int) -> list[float]:
    taken: list[float] = []
    while len(taken) < repeats and (len(taken) < FEWEST or sum(taken) < ENOUGH):
        synchronize(device)
        start = time.perf_counter()
        call()
        synchronize(device)
        taken.append(time.perf_counter() - start)
    return taken


def threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
