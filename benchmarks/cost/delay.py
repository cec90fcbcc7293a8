"""Algorithmic delay: how far a codec hears ahead of what it gives out.

The signal that comes out is aligned with the one that goes in (see `codecs.base`), so a codec's
delay is not a shift of its output. It is the reach of the future: if sample p of the input changes
the output from sample q on, the codec must wait for p before it can give out q, which is p + 1 - q
samples. The largest such wait over p is the delay: of a codec of frames, the frame and its
look-ahead. It is found in two ways:

    impulse  one sample is set to full scale
    cut      everything from the sample on is replaced by silence. This reaches what one sample
             cannot change, since a quantizer may round it away

Both keep the signal's length, so that its shapes, and with them the rounding and the noise of a
stochastic decoder, are the same on both sides. Sample q is the first at which the outputs are
`APART`. What a change moves by less is not seen, so that the figure may fall short of the designed
delay by the few milliseconds in which a frame fades in. A codec whose output changes from its start
on, whatever p is, has no delay but the whole signal.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.noise import Noise
from ..store.limited_costs import WHOLE_SIGNAL

SECONDS = 3.0  # of the signal
APART = 2**-15  # of full scale: a step of 16 bit
_PLACES = 11  # tried first, in the second half of the signal
_START = 0.1  # seconds from the beginning: a change that reaches into them came all the way
_NOISE = 10 ** (-40 / 20)  # so that no cut falls into silence

Way = Literal["impulse", "cut"]


class NoDelay(ValueError):
    """There is no finite delay to be found in the signal."""


def measure_delay(codec: Codec, device: str, way: Way, signal: Tensor) -> float:
    """Seconds of delay, from a signal [T] of speech of at least `SECONDS`.

    Raises:
        NoDelay: the codec needs the whole signal, or does not hear the change.
    """
    codec = codec.on(device)
    rate = codec.sample_rate
    length = min(round(SECONDS * rate), len(signal))
    noise = np.random.default_rng(0).standard_normal(length).astype(np.float32)
    audio = 0.5 * signal[:length] + _NOISE * torch.from_numpy(noise)

    def decoded(x: Tensor) -> Tensor:
        return codec.decode(codec.encode([x]), Noise.of(["0"]))[0][:length]

    whole = decoded(audio)

    def wait(place: int) -> int:
        changed = audio.clone()
        if way == "impulse":
            changed[place] = -1.0 if audio[place] > 0 else 1.0
        else:
            changed[place:] = 0
        apart = (decoded(changed) - whole).abs() > APART
        return place + 1 - int(torch.nonzero(apart)[0]) if apart.any() else 0

    first, last = length // 2, length - 1
    best = _longest(wait, first, last, round(_START * rate))
    return best / rate


def _longest(wait: Callable[[int], int], first: int, last: int, start: int) -> int:
    """Largest `wait(p)` over places first to last: tried on a grid, then followed upwards.

    Within a frame the wait grows by one with every sample and falls at the frame's end, so steps
    that double until it falls, and halve from then on, find the end to the sample.
    """
    waits: dict[int, int] = {}
    for place in np.linspace(first, (first + 3 * last) // 4, _PLACES).astype(int).tolist():
        waits[place] = wait(place)
        if place - waits[place] < start:
            raise NoDelay(
                f"a change after {place + 1} samples reaches back to the beginning: {WHOLE_SIGNAL}"
            )
    best = max(waits, key=lambda place: waits[place])
    if not waits[best]:
        raise NoDelay("no change of the input reaches the output")
    longest, step, growing = waits[best], 1, True
    while step:
        place = best + step
        reached = wait(place) if place <= last else 0
        if reached > longest:
            best, longest = place, reached
        else:
            growing = False
        step = 2 * step if growing else step // 2
    return longest
