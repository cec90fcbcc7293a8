"""Low-pass anchors at 3.5 and 7 kHz (ITU-R BS.1534-3), as 16-bit PCM without delay."""

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
        choose(self, "khz", _CUTOFFS)

    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads = []
        for signal in audio:
            samples = signal.detach().numpy().astype(np.float64)
            filtered = lowpass(samples, 1000 * self.khz, self.sample_rate)
            payloads.append(to_pcm16(torch.from_numpy(filtered)))
        return payloads


CODEC = Lowpass
