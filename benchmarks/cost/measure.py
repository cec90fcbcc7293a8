"""All costs of one condition, measured in a process of its own.

The process that codes is new for each condition, so that its memory is the codec's; it is asked for
one thing after the other, memory first. What it cannot do, dies of or takes too long for is a cost
without a number, with the reason.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...codecs import Codec
from ...codecs.base import WHOLE_ONLY
from ...codecs.noise import Noise
from ..workers.failures import reason
from ..workers.pool import Pool
from . import delay, energy, latency, macs, memory, timing

LIMIT = 1800.0  # seconds for one measurement
ENERGY_SECONDS = 2.0  # of computing between two looks at a meter, at least
COLUMNS = (
    *("encode_rtf", "decode_rtf", "parameters", "macs_per_second", "peak_memory_mb"),
    *("encode_rtf_batched", "decode_rtf_batched"),
    *("encode_rtf_all_threads", "decode_rtf_all_threads"),
    *("encode_rtf_batched_all_threads", "decode_rtf_batched_all_threads"),
    *("encode_macs_per_second", "decode_macs_per_second", "codec_memory_mb", "cuda_memory_mb"),
    *("impulse_delay_ms", "cut_delay_ms", "first_packet_ms", "packet_ms", "packet_jitter_ms"),
    *("encode_joules_per_second", "decode_joules_per_second"),
)

_LATENCIES = ("first_packet_ms", "packet_ms", "packet_jitter_ms")

Signal = NDArray[np.float32]
Found = float | list[float] | str  # a number, a number for each timed call, why there is none


@dataclass(frozen=True)
class Setup:
    """How a condition is measured.

    Attributes:
        device: "cpu" or "cuda", where the codec's networks run.
        threads: of the processor that "all threads" means.
        repeats: timed calls, at most.
        signals: a batch [T] of speech, of one length, at the codec's rate.
        speech: `delay.SECONDS` of speech or more, at the codec's rate.
    """

    device: str
    threads: int
    repeats: int
    signals: Sequence[Signal]
    speech: Signal


def measure_costs(
    codec: Codec,
    setup: Setup,
    wanted: Collection[str] = COLUMNS,
    doing: Callable[[str], object] = lambda column: None,
) -> dict[str, Found]:
    """Costs of a condition: those `wanted` of `COLUMNS`, and what is measured with them.

    Args:
        codec: of the condition.
        setup: how it is measured.
        wanted: columns.
        doing: is told the first column of what is measured next.
    """
    found: dict[str, Found] = {}
    with Pool(1) as pool:
        for columns, task in _tasks(codec, setup):
            if not set(columns) & set(wanted):
                continue
            doing(columns[0])
            measured = pool.submit(LIMIT, task)
            if not (error := measured.exception()):
                found |= measured.result()
            elif "peak_memory_mb" in columns:  # it cannot code a single signal
                return dict.fromkeys(COLUMNS, reason(error))
            else:
                found |= dict.fromkeys(columns, reason(error))
    return found


def device_of(codec: Codec, wanted: str) -> str:
    """Where a codec computes: one without networks stays on the processor."""
    return wanted if codec.movable else "cpu"


def _tasks(codec: Codec, setup: Setup) -> Iterator[tuple[Sequence[str], Callable[[], Any]]]:
    """What the process is asked for, and the columns that each of it fills."""
    device, one = setup.device, setup.signals[0]
    yield (
        ("peak_memory_mb", "codec_memory_mb", "cuda_memory_mb"),
        partial(_memory, codec, device, one),
    )
    yield ("parameters",), partial(_parameters, codec, one)
    yield (
        [f"{part}macs_per_second" for part in ("", "encode_", "decode_")],
        partial(_macs, codec, one),
    )
    for batch, batched in ((setup.signals[:1], ""), (setup.signals, "_batched")):
        for threads, allowed in ((1, ""), (setup.threads, "_all_threads")):
            names = [f"{side}_rtf{batched}{allowed}" for side in ("encode", "decode")]
            task = partial(_factors, codec, device, batch, threads, setup.repeats, names)
            yield names, task
    for way in ("impulse", "cut"):
        yield (f"{way}_delay_ms",), partial(_delay, codec, device, way, setup.speech)
    yield _LATENCIES, partial(_latency, codec, device, one)
    yield (
        ("encode_joules_per_second", "decode_joules_per_second"),
        partial(_energy, codec, device, one),
    )


def _memory(codec: Codec, device: str, signal: Signal) -> dict[str, Found]:
    taken = memory.measure_memory(codec, device, torch.from_numpy(signal))
    return {
        "peak_memory_mb": taken.peak / 1e6,
        "codec_memory_mb": taken.added / 1e6,
        "cuda_memory_mb": "no CUDA device" if taken.cuda is None else taken.cuda / 1e6,
    }


def _parameters(codec: Codec, signal: Signal) -> dict[str, Found]:
    codec = codec.on("cpu")
    if not (networks := codec.networks):
        return {"parameters": "it runs no network"}
    audio = torch.from_numpy(signal)
    return {"parameters": macs.parameters(networks, lambda: macs.run_codec(codec, audio))}


def _macs(codec: Codec, signal: Signal) -> dict[str, Found]:
    seconds = len(signal) / codec.sample_rate
    counted = macs.count_codec(codec, torch.from_numpy(signal))
    sides: list[Found] = [
        n / seconds if n else "torch multiplies nothing here, other libraries are not counted"
        for n in counted
    ]
    whole = next((side for side in sides if isinstance(side, str)), sum(counted) / seconds)
    names = ("encode_macs_per_second", "decode_macs_per_second", "macs_per_second")
    return dict(zip(names, (*sides, whole), strict=True))


def _factors(
    codec: Codec,
    device: str,
    signals: Sequence[Signal],
    threads: int,
    repeats: int,
    names: Sequence[str],
) -> dict[str, Found]:
    batch = [torch.from_numpy(signal) for signal in signals]
    return dict(zip(names, timing.time_codec(codec, device, batch, threads, repeats), strict=True))


def _delay(codec: Codec, device: str, way: delay.Way, speech: Signal) -> dict[str, Found]:
    try:
        found: Found = 1000 * delay.measure_delay(codec, device, way, torch.from_numpy(speech))
    except delay.NoDelay as error:
        found = str(error)
    return {f"{way}_delay_ms": found}


def _latency(codec: Codec, device: str, signal: Signal) -> dict[str, Found]:
    if not codec.streams:
        return dict.fromkeys(_LATENCIES, WHOLE_ONLY)
    taken = latency.measure_latency(codec, device, torch.from_numpy(signal))
    return {name: 1000 * seconds for name, seconds in zip(_LATENCIES, taken, strict=True)}


def _energy(codec: Codec, device: str, signal: Signal) -> dict[str, Found]:
    try:
        meter = energy.find(device)
    except energy.NoMeter as error:
        return dict.fromkeys(("encode_joules_per_second", "decode_joules_per_second"), str(error))
    torch.set_num_threads(1)
    codec = codec.on(device)
    audio = [torch.from_numpy(signal)]
    payloads = codec.encode(audio)
    calls = {
        "encode": lambda: codec.encode(audio),
        "decode": lambda: codec.decode(payloads, Noise.of(["0"])),
    }
    seconds = len(signal) / codec.sample_rate
    return {
        f"{side}_joules_per_second": _joules(meter, device, call) / seconds
        for side, call in calls.items()
    }


def _joules(meter: energy.Meter, device: str, call: Callable[[], Any]) -> float:
    """Energy of one call, over as many as take `ENERGY_SECONDS`."""
    call()
    timing.synchronize(device)
    start, before, calls = time.perf_counter(), meter.joules(), 0
    while time.perf_counter() - start < ENERGY_SECONDS:
        call()
        timing.synchronize(device)
        calls += 1
    return (meter.joules() - before) / calls
