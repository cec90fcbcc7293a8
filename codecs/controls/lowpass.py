"""Low-pass anchors at 3.5 and 7 kHz (ITU-R BS.1534-3), as 16-bit PCM without delay; for suites of
wider bands at 24 and 48 kHz, where 14 kHz is what super-wideband leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from ..coding.pcm16 import to_pcm16
from ..filters import lowpass
from ..settings import choose
from .pcm import Pcm

_CUTOFFS = (3.5, 7)
_CUTOFFS_48 = (3.5, 7, 14)


@dataclass(frozen=True)
class Lowpass(Pcm):
    """The item without what is above `khz`."""

    name: ClassVar[str] = "lowpass"
    main_field: ClassVar[str | None] = "khz"
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = tuple(
        {"khz": cutoff} for cutoff in _CUTOFFS
    )

    khz: float = 3.5

    def __post_init__(self) -> None:
        choose(self, "khz", (point["khz"] for point in self.operating_points))

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads = []
        for signal in audio:
            samples = signal.detach().numpy().astype(np.float64)
            filtered = lowpass(samples, 1000 * self.khz, self.sample_rate)
            payloads.append(to_pcm16(torch.from_numpy(filtered)))
        return payloads


@dataclass(frozen=True)
class Lowpass24(Lowpass):
    """The same at 24 kHz."""

    name: ClassVar[str] = "lowpass-24k"

    @property
    def sample_rate(self) -> int:
        return 24_000


@dataclass(frozen=True)
class Lowpass48(Lowpass):
    """The same at 48 kHz, and at 14 kHz."""

    name: ClassVar[str] = "lowpass-48k"
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = tuple(
        {"khz": cutoff} for cutoff in _CUTOFFS_48
    )

    @property
    def sample_rate(self) -> int:
        return 48_000


CODECS = (Lowpass, Lowpass24, Lowpass48)
