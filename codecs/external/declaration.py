"""What declared codecs share: a name, a bitrate and a sampling rate are settings, not a class's."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from ..base import Codec, CodecError

_UNNAMED = {"in_name": False}


@dataclass(frozen=True)
class Declaration(Codec):
    """One operating point of a codec that a suite declares.

    Attributes:
        name: of the codec, in every table.
        kbps: the bitrate that it claims.
        sample_rate: Hz, of the audio that it takes and gives.
        folder: where the suite lies. It changes no result, so `repr` lacks it.
    """

    what: ClassVar[str]

    # A class has them elsewhere; a suite declares codecs, not classes.
    name: str = field(default="", kw_only=True, metadata=_UNNAMED)  # type: ignore[misc]
    kbps: float = field(default=0, kw_only=True)
    sample_rate: int = field(default=0, kw_only=True, metadata=_UNNAMED)
    folder: str = field(default="", kw_only=True, repr=False, metadata=_UNNAMED)

    def __post_init__(self) -> None:
        for key, kinds in (("kbps", (int, float)), ("sample_rate", (int,))):
            value = getattr(self, key)
            if not isinstance(value, kinds) or isinstance(value, bool) or not value > 0:
                raise CodecError(
                    f"{self.name}: {self.what} needs {key}, a number above 0, not {value!r}"
                )

    @property
    def nominal_kbps(self) -> float:
        return float(self.kbps)

    def within_suite(self, path: str) -> Path:
        """A path, which starts from the suite's folder if it is relative."""
        return Path(self.folder, Path(path).expanduser()).absolute()
