"""Every item as PCM, scored against the next item of the set: shows that a mix-up is seen."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from .pcm import Pcm


@dataclass(frozen=True)
class Swapped(Pcm):
    """The items as they are, each scored against the next one of the set (`pairing`)."""

    name: ClassVar[str] = "swapped"
    pairing: ClassVar[Literal["own", "next"]] = "next"


CODEC = Swapped
