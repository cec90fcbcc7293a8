"""Recordings on disk: their bytes' hash, their header, their samples.

Whatever libsndfile reads is read: WAV, FLAC, OGG (Vorbis and Opus), MP3; any rate, any number of
channels. Every fault of a file is one `AudioError` that names the file and the cause.
"""

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...metrics.machinery.ranges import cancelling

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")

_LENGTH_UNKNOWN = 2**63 - 1  # libsndfile's SF_COUNT_MAX: a FLAC stream of unstated length
_BLOCK = 1 << 20  # samples read at once, so that a lie in a header costs no memory


class AudioError(ValueError):
    """A file is not usable audio: the message names it and the cause."""


class Inspection(NamedTuple):
    """What is known of a recording before it is decoded."""

    seconds: float
    sample_rate: int
    sha256: str


def inspect(path: Path) -> Inspection:
    """Duration, rate in Hz, and SHA-256 of the file's bytes.

    Raises:
        AudioError: missing, unreadable, not audio, or empty.
    """
    try:
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        info = soundfile.info(path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(_cause(path, error)) from error
    if not _length(path, info.frames):
        raise AudioError(f"{path}: holds no samples")
    return Inspection(info.frames / info.samplerate, info.samplerate, digest)


def read_audio(path: str | Path) -> tuple[NDArray[np.float64], int, tuple[str, ...]]:
    """A recording as (mono signal [T] within [-1, 1], rate in Hz, notices).

    A notice says what was done to the signal: channels mixed down to their mean; a peak above full
    scale (float files, and what lossy decoders overshoot) scaled to it, since clipping would
    distort the reference.

    Raises:
        AudioError: missing, unreadable, not audio, empty, cut off, or with non-finite samples.
    """
    path = Path(path)
    try:
        path.open("rb").close()  # libsndfile has one message for every system error
        with soundfile.SoundFile(path) as file:
            rate, channels, promised = file.samplerate, file.channels, _length(path, file.frames)
            blocks = list(_mono_blocks(file))
            signal = np.concatenate([np.zeros(0), *(mean for mean, _ in blocks)])
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(_cause(path, error)) from error
    if not len(signal):
        raise AudioError(f"{path}: holds no samples")
    if len(signal) < promised:
        raise AudioError(f"{path}: cut off after {len(signal)} of {promised} samples")
    bad = np.flatnonzero(~np.isfinite(signal))
    if len(bad):
        raise AudioError(
            f"{path}: {len(bad)} samples are NaN or infinite, the first at {bad[0] / rate:.3f} s"
        )
    notices = []
    if channels > 1:
        notices.append(f"{channels} channels mixed down to their mean")
        notices += cancelling(channels, sum(energy for _, energy in blocks), signal)
    if (peak := float(np.abs(signal).max())) > 1:
        signal /= peak
        notices.append(f"peak of {20 * np.log10(peak):+.2f} dBFS scaled down to full scale")
    return signal, rate, tuple(notices)


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Means of the channels, and the mean over channels of their energy."""
    while len(block := file.read(_BLOCK, dtype="float64", always_2d=True)):
        yield block.mean(axis=1), float(np.sum(block**2) / block.shape[1])


def _length(path: Path, frames: int) -> int:
    if frames == _LENGTH_UNKNOWN:
        raise AudioError(f"{path}: its header does not state its length; encode it anew")
    return frames


def _cause(path: Path, error: OSError | soundfile.LibsndfileError) -> str:
    if isinstance(error, OSError):
        return f"{path}: {error.strerror}"
    if not path.stat().st_size:
        return f"{path}: is empty"
    return f"{path}: not audio that libsndfile can read ({error.error_string.strip(' .')})"
