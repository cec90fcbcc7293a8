"""Audio that other programs wrote: read, and refused where it is not what was declared."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..base import CodecError


def read_mono(path: Path, sample_rate: int) -> NDArray[np.float32]:
    """The signal [T] of a mono file at this rate, clipped to full scale.

    Raises:
        CodecError: it is not audio, of another rate, has channels, or samples that are no numbers.
    """
    import soundfile

    try:
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise CodecError(f"{path.name} is not audio that libsndfile reads") from error
    if rate != sample_rate:
        raise CodecError(f"{path.name} is at {rate} Hz, declared are {sample_rate} Hz")
    if signal.shape[1] != 1:
        raise CodecError(f"{path.name} has {signal.shape[1]} channels, a codec's output has one")
    if not np.isfinite(signal).all():
        raise CodecError(f"{path.name} has samples that are NaN or infinite")
    clipped: NDArray[np.float32] = np.clip(signal[:, 0], -1, 1)
    return clipped
