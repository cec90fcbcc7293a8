"""A codec with a channel in it: encoder, channel, decoder.

It goes by the name and the weights of the codec alone, so that its files and its rows are those of
the codec in another place. A subclass is what one degradation does to bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from ...codecs import Codec, CodecError, make
from ...codecs.noise import Noise
from . import make as make_degradation
from .base import ChannelDegradation, DegradationError

_SHARED = ("name", "kind", "stochastic", "pairing", "bitrate", "keeps_rate")


def remake(name: str, arguments: Mapping[str, Any]) -> Codec:
    """The codec, in its channel if it had one, of what a manifest says of it.

    Raises:
        CodecError: there is no such codec or channel any more.
    """
    settings = dict(arguments)
    channel = dict(settings.pop("degradation", {}))
    codec = make(name, settings)
    if not channel:
        return codec
    try:
        degradation = make_degradation(channel.pop("kind"), channel)
    except DegradationError as error:
        raise CodecError(str(error)) from error
    assert isinstance(degradation, ChannelDegradation), "only these are written"
    return degradation.wrap(codec)


@dataclass(frozen=True)
class Channel(Codec):
    """A channel that does nothing yet.

    Attributes:
        codec: encoder and decoder.
        degradation: what happens between them.
        device: that runs the codec's networks.
    """

    codec: Codec
    degradation: Any
    device: str = field(default="cpu", repr=False)

    def __post_init__(self) -> None:
        for name in _SHARED:
            object.__setattr__(self, name, getattr(self.codec, name))

    @property
    def sample_rate(self) -> int:
        return self.codec.sample_rate

    @property
    def nominal_kbps(self) -> float:
        return self.codec.nominal_kbps

    @property
    def fingerprint(self) -> str:
        return self.codec.fingerprint

    @property
    def networks(self) -> Sequence[nn.Module]:
        return self.codec.networks

    @property
    def backend(self) -> str:
        return self.codec.backend

    @property
    def condition(self) -> str:
        return self.codec.condition

    @property
    def point(self) -> str:
        return self.codec.point

    @property
    def wrapped(self) -> Codec:
        return self.codec

    def arguments(self) -> dict[str, Any]:
        """The settings of the codec, and of its channel: what `remake` takes."""
        return {**self.codec.arguments(), "degradation": self.degradation.settings}

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads: list[bytes] = self.inner.encode(audio)
        return payloads

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        signals: list[Tensor] = self.inner.decode(payloads, noise)
        return signals

    def fit(self, signal: Tensor, samples: int) -> tuple[Tensor, tuple[str, ...]]:
        return self.codec.fit(signal, samples)

    @property
    def inner(self) -> Any:
        """The codec, on the device."""
        return self.codec.on(self.device)
