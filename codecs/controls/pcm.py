"""Linear PCM, 16 bit: the transparent control, every metric's ceiling; for suites of wider bands at
24 and 48 kHz, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from ..base import Codec, Kind
from ..coding.pcm16 import from_pcm16, to_pcm16
from ..noise import Noise


@dataclass(frozen=True)
class Pcm(Codec):
    """16-bit samples as they are."""

    name: ClassVar[str] = "pcm"
    kind: ClassVar[Kind] = "control"

    @property
    def sample_rate(self) -> int:
        return 16_000

    @property
    def nominal_kbps(self) -> float:
        return 16 * self.sample_rate / 1000

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [to_pcm16(signal) for signal in audio]

    def length(self, payload: bytes) -> int:
        return len(payload) // 2

    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [from_pcm16(payload) for payload in payloads]


@dataclass(frozen=True)
class Pcm24(Pcm):
    """The same at 24 kHz."""

    name: ClassVar[str] = "pcm-24k"

    @property
    def sample_rate(self) -> int:
        return 24_000


@dataclass(frozen=True)
class Pcm48(Pcm):
    """The same at 48 kHz."""

    name: ClassVar[str] = "pcm-48k"

    @property
    def sample_rate(self) -> int:
        return 48_000


CODECS = (Pcm, Pcm24, Pcm48)
