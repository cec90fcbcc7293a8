"""What codecs of quantizer indices send."""

from typing import NamedTuple

from torch import Tensor


class Tokens(NamedTuple):
    """Indices of codebooks, as a payload holds them.

    Attributes:
        codebooks: the indices [T_c] of each, in the order of time; a slow codebook has fewer.
        entries: of each codebook.
        frames: how many a payload has; every codebook has a whole number of indices in each.
        frame_rate: frames of a second of audio.
    """

    codebooks: tuple[Tensor, ...]
    entries: int
    frames: int
    frame_rate: float
