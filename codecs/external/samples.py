"""Audio that other programs wrote: read, and refused where it is not what was declared."""

from pathlib import Path

from ..audio.reading import AudioError, Unscaled, read_unscaled
from ..base import CodecError


def read_declared(path: Path, sample_rate: int) -> Unscaled:
    """A mono file at this rate; its peak may be above full scale.

    Raises:
        CodecError: it is not audio, cut off, of another rate, has channels, or samples that are no
            numbers.
    """
    try:
        found = read_unscaled(path)
    except AudioError as error:
        raise CodecError(str(error)) from error
    if found.rate != sample_rate:
        raise CodecError(f"{path} is at {found.rate} Hz, declared are {sample_rate} Hz")
    if found.channels != 1:
        raise CodecError(f"{path} has {found.channels} channels, a codec's output has one")
    return found
