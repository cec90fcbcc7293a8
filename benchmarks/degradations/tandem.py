"""Tandem coding: a call passes through more than one encoder and decoder.

    times    the codec, and the codec again, so many in a row
    before   another codec first: what reaches this one has been coded already
    after    another codec behind it: what this one decodes is coded once more
    between  this codec, another one, and this codec again: a network with a gateway in the middle

The other codec is named as a condition, with its rate: `opus-12`. Only the last bitstream of the
codec is kept: its rate is the rate. What is decoded in between is clipped to full scale and brought
to the rate that the next one takes, and a stochastic decoder draws its noise from the bits that it
decodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from ...codecs import Codec, CodecError, Unavailable, get
from ...codecs.noise import Noise, seed_for
from ...metrics.machinery.signals import resample
from .base import ChannelDegradation, DegradationError, NotApplicable, in_range
from .channel import Channel

_PLACES = ("before", "after", "between")


@dataclass(frozen=True)
class _Repeated(Channel):
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads: list[bytes] = self.inner.encode(audio)
        for _ in range(self.degradation.times - 1):
            payloads = self.inner.encode(_decoded(self.inner, payloads, audio))
        return payloads


@dataclass(frozen=True)
class _WithAnother(Channel):
    """A chain with another codec in it."""

    @property
    def partners(self) -> tuple[Codec, ...]:
        return (get(self.degradation.other),)

    @property
    def backend(self) -> str:
        """Of both."""
        (other,) = self.partners
        words = (other.condition, other.backend, other.fingerprint[:16])
        return f"{self.codec.backend}; {self.degradation.place}: {' '.join(filter(None, words))}"

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        if self.degradation.before:
            audio = self._through(audio)
        payloads: list[bytes] = self.inner.encode(audio)
        if self.degradation.between:
            again = self._through(_decoded(self.inner, payloads, audio))
            payloads = self.inner.encode(again)
        return payloads

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        signals: list[Tensor] = self.inner.decode(payloads, noise)
        return self._through(signals) if self.degradation.after else signals

    def _through(self, audio: Sequence[Tensor]) -> list[Tensor]:
        """Signals [T_i] at the codec's rate, coded by the other one."""
        other: Any = self.partners[0].on(self.device)
        given = [_at(signal, self.sample_rate, other.sample_rate) for signal in audio]
        coded = _decoded(other, other.encode(given), given)
        return [
            _fitted(_at(signal, other.sample_rate, self.sample_rate), len(before))
            for signal, before in zip(coded, audio, strict=True)
        ]


@dataclass(frozen=True)
class Tandem(ChannelDegradation):
    """The codec `times` in a row, or a chain with another one; exactly one of the four."""

    kind: ClassVar[str] = "tandem"

    times: int = 0
    before: str = ""
    after: str = ""
    between: str = ""

    def __post_init__(self) -> None:
        stated = [name for name in ("times", *_PLACES) if getattr(self, name)]
        if len(stated) != 1:
            raise DegradationError(f"tandem: has one of times, {', '.join(_PLACES)}")
        if self.times:
            in_range(self.kind, "times", self.times, 2, 20)
            if not isinstance(self.times, int):
                raise DegradationError(f"tandem: times must be a whole number, not {self.times!r}")
        else:
            _check_other(self.place, self.other)

    @property
    def place(self) -> str:
        """Where the other codec stands; "" if there is none."""
        return next((name for name in _PLACES if getattr(self, name)), "")

    @property
    def other(self) -> str:
        """The other codec's condition; "" if there is none."""
        return self.before or self.after or self.between

    @property
    def label(self) -> str:
        return f"tandem-{self.times}x" if self.times else f"tandem-{self.place}-{self.other}"

    def wrap(self, codec: Codec) -> Codec:
        if self.times:
            return _Repeated(codec, self)
        try:
            other = get(self.other)
        except Unavailable as error:
            raise NotApplicable(str(error)) from error
        if codec.point == other.point:
            raise NotApplicable(f"a tandem of {self.other} with itself is times = 2")
        return _WithAnother(codec, self)


def _check_other(place: str, name: object) -> None:
    """Refuse what is no condition of a codec, whether or not it can run here.

    Raises:
        DegradationError: what it is, and what is allowed.
    """
    if not isinstance(name, str):
        raise DegradationError(f"tandem: {place} must be the name of a condition, not {name!r}")
    try:
        kind = get(name).kind
    except Unavailable:
        return
    except CodecError as error:
        raise DegradationError(f"tandem: {place}: {error}") from error
    if kind != "codec":
        raise DegradationError(f"tandem: {place}: {name} is a {kind}; a tandem is of codecs")


def _decoded(codec: Any, payloads: Sequence[bytes], audio: Sequence[Tensor]) -> list[Tensor]:
    """What payloads decode to, within full scale and as long as the signals that they are of."""
    seeds = [seed_for(sha256(payload).hexdigest()) for payload in payloads]
    decoded = codec.decode(payloads, Noise(seeds))
    return [d[: len(a)].clamp(-1, 1) for d, a in zip(decoded, audio, strict=True)]


def _at(signal: Tensor, rate: int, target: int) -> Tensor:
    """A signal [T] at another rate, within full scale."""
    if rate == target:
        return signal
    resampled = resample(signal.detach().cpu().numpy().astype(np.float64), rate, target)
    return torch.from_numpy(resampled.astype(np.float32)).clamp(-1, 1)


def _fitted(signal: Tensor, samples: int) -> Tensor:
    """A signal, cut or zero-padded: two resamplings may round its length."""
    return torch.nn.functional.pad(signal[:samples], (0, max(0, samples - len(signal))))


DEGRADATION = Tandem
