"""What Lyra's receiver plays while packets are missing, frame by frame (google/lyra 1.3.2).

    up to 80 ms of loss  the network goes on, on features that are all zero
    the next 40 ms       that, faded into comfort noise (`lyra_noise`)
    after these          comfort noise alone; the network rests
    a packet came        the network at once; out of comfort noise, faded over 40 ms

A loss within the fade back goes on with it, on zero features. Without the fade the network would
buzz for as long as no packet comes. Samples are whole numbers of 16 bits.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..coding.framed import Lost
from .lyra_noise import ComfortNoise, Floats, NoiseFloor

FEATURES = 64
_CONCEALED = 4  # frames: 80 ms
_FADE = 640  # samples: 40 ms

Generate = Callable[[NDArray[np.float32]], Floats]


class Receiver:
    """What is played, and the state between frames.

    Args:
        generate: samples [320] of a frame's features; it has a state, so it is called in order.
    """

    def __init__(self, generate: Generate) -> None:
        self._generate = generate
        self._floor = NoiseFloor()
        self._comfort = ComfortNoise()
        self._missing = 0  # frames in a row, up to `_CONCEALED`
        self._faded = 0  # samples into comfort noise: 0 .. `_FADE`

    def receive(self, features: Sequence[NDArray[np.float32]], lost: Lost) -> NDArray[np.int16]:
        """The next samples [N * 320], where some packets never came.

        Args:
            features: [64] of each of the N packets; those that are lost are not looked at.
            lost: [N].
        """
        frames = [
            self.without_packet() if gone else self.with_packet(feature)
            for feature, gone in zip(features, lost, strict=True)
        ]
        return np.concatenate([np.zeros(0), *frames]).astype(np.int16)

    def with_packet(self, features: NDArray[np.float32]) -> Floats:
        """The next samples [320] of features [64]."""
        self._missing = 0
        generated = self._generate(features)
        played = self._mixed(generated, -1)
        self._floor.hear(generated)
        return played

    def without_packet(self) -> Floats:
        """The next samples [320], where none came."""
        fades_out = self._missing == _CONCEALED
        if fades_out and self._faded == _FADE:
            return self._comfort(self._floor.estimate)
        self._missing = min(self._missing + 1, _CONCEALED)
        generated = self._generate(np.zeros(FEATURES, np.float32))
        return self._mixed(generated, 1 if fades_out else -1)

    def _mixed(self, generated: Floats, direction: int) -> Floats:
        """The network's frame and comfort noise, on the way to (1) or from (-1) the noise."""
        if direction < 0 and self._faded == 0:
            return generated
        place = self._faded + direction * np.arange(len(generated))
        self._faded += direction * len(generated)
        share = (1 + np.cos(np.pi * place / _FADE)) / 2
        mixed = share * generated + (1 - share) * self._comfort(self._floor.estimate)
        return np.trunc(mixed)
