"""What a degradation is: something that happens to a recording before a codec gets it, or to its
bitstream before the decoder does.

A degradation is a frozen dataclass; every setting is a field. What is random is drawn from the
item's own generator, seeded by the kind and the item's id: the same noise at every level, in every
run.

    recordings   `RecordingDegradation.apply`. Metrics compare with the degraded recording: that is
                 what the codec was given, and what it has to preserve. A suite may ask for the
                 recording itself (`reference = "clean"`), for codecs that enhance
    channel      `ChannelDegradation.wrap`. Metrics compare with the recording
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from ...codecs import Codec, CodecError
from ...codecs.noise import seed_for
from ...metrics.base import Signal


class DegradationError(ValueError):
    """A degradation cannot do what was asked: the message says why, and what is allowed."""


class NotApplicable(CodecError):
    """A codec has nothing that this degradation could act on: the message says what is missing."""


@dataclass(frozen=True)
class Place:
    """Where a recording stands.

    Attributes:
        item: its id.
        others: the other recordings of the test set at a rate in Hz, to be read when needed.
        speaker: of it; "" if unknown.
        speakers: of the others, in their order; none if nothing is known of them.
    """

    item: str
    others: Sequence[Callable[[int], Signal]]
    speaker: str = ""
    speakers: Sequence[str] = ()


class Degradation(ABC):
    """One degradation with its settings.

    Class attributes
        kind  what a suite calls it: lower case with hyphens
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def label(self) -> str:
        """Its name with its settings, short: `noise-babble-10dB`. It becomes a folder's name."""

    @property
    def settings(self) -> dict[str, Any]:
        """Kind and settings, as a suite declares them."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {"kind": self.kind, **values}

    def random(self, item: str) -> np.random.Generator:
        """The generator of an item."""
        return np.random.default_rng(seed_for(f"{self.kind}/{item}"))


class RecordingDegradation(Degradation):
    """Degrades recordings.

    Class attributes
        keeps_time  is every sound where it was, so that the recording as it was can be the
                    reference of the degraded one?
    """

    keeps_time: ClassVar[bool] = True

    @abstractmethod
    def apply(self, signal: Signal, rate: int, place: Place) -> Signal:
        """The degraded signal of a mono signal [T] at a rate in Hz, within [-1, 1].

        Raises:
            DegradationError: it cannot be degraded so.
        """


class ChannelDegradation(Degradation):
    """Degrades what lies between an encoder and its decoder."""

    @abstractmethod
    def wrap(self, codec: Codec) -> Codec:
        """The codec with this channel in it, under the codec's own name.

        Raises:
            NotApplicable: the codec has nothing that the channel could act on.
        """

    def record(self, item: str, seconds: float, draw: int) -> bytes:
        """What it does to an item whatever the codec, to be kept in the run; b"" for nothing."""
        return b""


def fitted(signal: Signal) -> Signal:
    """The signal, scaled down where it would not fit within full scale."""
    return signal / max(1.0, float(np.abs(signal).max(initial=0)))


def in_range(kind: str, name: str, value: object, low: float, high: float) -> None:
    """Check a setting.

    Raises:
        DegradationError: it is not a number within [low, high].
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # type: ignore[operator]
        raise DegradationError(f"{kind}: {name} must be {low:g} to {high:g}, not {value!r}")
