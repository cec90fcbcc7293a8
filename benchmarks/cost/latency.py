"""How late a stream is: audio that has to come before the first packet's is played, and computing.

The signal comes a millisecond at a time. What a packet takes is the computing of the encoder when
it completes the packet, and of the decoder on it, by the wall clock, on one thread; a first signal
warms up.

    first packet  the audio that had come when the decoder gave its first samples, and the computing
                  until then
    packet        median over the other packets
    jitter        mean absolute difference of successive packets' computing: what interarrival
                  jitter (RFC 3550, section 6.4.1) is of a network that adds none
"""

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from ...codecs import Codec

STEP = 0.001  # s of audio that comes at once
FEWEST = 3  # packets

A = TypeVar("A")
R = TypeVar("R")


class TooShort(ValueError):
    """A signal is too short for numbers."""


class Latency(NamedTuple):
    """Seconds: see above."""

    first: float
    packet: float
    jitter: float


def measure_latency(codec: Codec, device: str, signal: Tensor) -> Latency:
    """What a stream of a signal [T] takes.

    Raises:
        CodecError: the codec codes whole signals only.
        TooShort: the signal has no three packets that give samples.
    """
    torch.set_num_threads(1)
    codec = codec.on(device)
    _packets(codec, signal)
    heard, times = _packets(codec, signal)
    first = next((place for place, found in enumerate(heard) if found.samples), len(heard))
    later = times[first + 1 :]
    if len(later) < FEWEST:
        raise TooShort(f"{len(signal) / codec.sample_rate:g} s have no {FEWEST} packets to time")
    waited = heard[first].fed / codec.sample_rate
    steps = [abs(one - other) for one, other in pairwise(later)]
    return Latency(waited + times[first], median(later), fmean(steps))


class _Heard(NamedTuple):
    """Samples that had been fed when a packet came, and that it made known."""

    fed: int
    samples: int


def _packets(codec: Codec, signal: Tensor) -> tuple[list[_Heard], list[float]]:
    """Of every packet but those of the end: what it gave, and the seconds that it took."""
    heard, times, fed = [], [], 0
    with codec.stream() as (encoder, decoder):
        for chunk in torch.split(signal, round(STEP * codec.sample_rate)):
            fed += len(chunk)
            packets, encoding = _timed(encoder.push, chunk)
            for packet in packets:
                samples, decoding = _timed(decoder.push, packet)
                heard.append(_Heard(fed, len(samples)))
                times.append(encoding / len(packets) + decoding)
    return heard, times


def _timed(call: Callable[[A], R], argument: A) -> tuple[R, float]:
    start = time.perf_counter()
    made = call(argument)
    return made, time.perf_counter() - start
