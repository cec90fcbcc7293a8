"""Signals as 16-bit samples, little endian: what files hold and conventional codecs take."""

from typing import TYPE_CHECKING

import numpy as np

from ..base import CodecError
from ..bitstream import BitstreamError

if TYPE_CHECKING:
    from torch import Tensor


def to_pcm16(audio: "Tensor") -> bytes:
    """Little-endian 16-bit samples of a signal [T], clipped to full scale.

    Raises:
        CodecError: NaN or infinite samples.
    """
    scaled = np.rint(audio.detach().numpy().astype(np.float64) * 32768)
    if not np.isfinite(scaled).all():
        raise CodecError("the signal has NaN or infinite samples")
    return np.clip(scaled, -32768, 32767).astype("<i2").tobytes()


def from_pcm16(payload: bytes) -> "Tensor":
    """The signal [T] of 16-bit samples.

    Raises:
        BitstreamError: an odd number of bytes.
    """
    import torch

    if len(payload) % 2:
        raise BitstreamError(f"{len(payload)} bytes are not a whole number of 16-bit samples")
    return torch.from_numpy(np.frombuffer(payload, "<i2").astype(np.float32) / 32768)
