"""Audio that other programs wrote: read, and refused where it is not what was declared."""

from pathlib import Path

from ..audio.reading import AudioError, Unscaled, read_unscaled
from ..base import CodecError


def read_declared(path: Path, sample_rate: int) -> Unscaled:
    """A file at this rate, mixed down as a recording is; its peak may be above full scale.

    Raises:
        CodecError: it is not audio, cut off, of another rate, or has samples that are no numbers.
    """
    try:
        found = read_unscaled(path)
    except AudioError as error:
        raise CodecError(str(error)) from error
    if found.rate != sample_rate:
        raise CodecError(f"{path} is at {found.rate} Hz, declared are {sample_rate} Hz")
    return found


def told_of(found: Unscaled) -> tuple[str, ...]:
    """What was done to such a file, told apart from what was done to its recording."""
    return tuple(f"decoded audio: {notice}" for notice in found.notices)
