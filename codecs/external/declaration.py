"""What declared codecs share: a name, a bitrate and a sampling rate are settings, not a class's;
and what becomes of audio that others decoded.

    channels  mixed down to their mean, as a recording's are
    length    within 100 ms of the recording's: what is missing is silent, the rest is cut
    peak      above full scale, as float files may have it: scaled to it, as a recording's is

All of it is told.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ..audio.reading import to_full_scale
from ..base import TOLERANCE, Codec, CodecError

_UNNAMED = {"in_name": False}


@dataclass(frozen=True)
class Declaration(Codec):
    """One operating point of a codec that a suite declares.

    Attributes:
        name: of the codec, in every table.
        kbps: the bitrate that it claims.
        sample_rate: Hz, of the audio that it takes and gives.
        paper: that describes it, and `licence`, its terms: texts for readers that change no result.
        folder: where the suite lies. It changes no result, so `repr` lacks it.
    """

    what: ClassVar[str]

    # A class has them elsewhere; a suite declares codecs, not classes.
    name: str = field(default="", kw_only=True, metadata=_UNNAMED)  # type: ignore[misc]
    kbps: float = field(default=0, kw_only=True)
    sample_rate: int = field(default=0, kw_only=True, metadata=_UNNAMED)
    paper: str = field(default="", kw_only=True, repr=False, metadata=_UNNAMED)  # type: ignore[misc]
    licence: str = field(default="", kw_only=True, repr=False, metadata=_UNNAMED)  # type: ignore[misc]
    folder: str = field(default="", kw_only=True, repr=False, metadata=_UNNAMED)

    def __post_init__(self) -> None:
        for key, kinds in (("kbps", (int, float)), ("sample_rate", (int,))):
            value = getattr(self, key)
            if not isinstance(value, kinds) or isinstance(value, bool) or not value > 0:
                raise CodecError(
                    f"{self.name}: {self.what} needs {key}, a number above 0, not {value!r}"
                )
        for key in ("paper", "licence"):
            if not isinstance(value := getattr(self, key), str):
                raise CodecError(f"{self.name}: {key} must be a text, not {value!r}")

    def fit(self, signal: Tensor, samples: int) -> tuple[Tensor, tuple[str, ...]]:
        """What was decoded [T'], made as long as its recording [T] and brought to full scale.

        Raises:
            CodecError: the lengths differ by 100 ms or more.
        """
        longer = len(signal) - samples
        if abs(longer) >= TOLERANCE * self.sample_rate:
            raise CodecError(
                f"{self.name}: decoded audio is {len(signal) / self.sample_rate:.3f} s long, its "
                f"recording {samples / self.sample_rate:.3f} s; "
                f"less than {1000 * TOLERANCE:.0f} ms may differ"
            )
        notices = []
        if longer > 0:
            notices.append(f"decoded audio is {longer} samples longer than its recording: cut")
        elif longer < 0:
            notices.append(f"decoded audio is {-longer} samples short: silence added")
        padded = F.pad(signal[:samples], (0, max(0, -longer)))
        scaled, _, told = to_full_scale(padded.double().numpy())
        notices += [f"decoded audio: {notice}" for notice in told]
        return torch.from_numpy(scaled).float() if told else padded, tuple(notices)

    @property
    def nominal_kbps(self) -> float:
        return float(self.kbps)

    def within_suite(self, path: str) -> Path:
        """A path, which starts from the suite's folder if it is relative."""
        return Path(self.folder, os.path.expanduser(path)).absolute()
