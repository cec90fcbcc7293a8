"""Recordings on disk: their bytes' hash, their header, their samples. One reader for references,
for what programs decode to, and for folders of decoded audio.

libsndfile decodes: WAV, RF64, W64, AIFF, AU, CAF, SPHERE, FLAC, Ogg (Vorbis and Opus), MP3; any
rate, any number of channels. What its structure promises and does not hold is found before
(`containers`). Every fault of a file is one `AudioError` that names the file and the cause.
"""

import os
import stat
from collections.abc import Iterator
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...metrics.machinery.ranges import cancelling
from .containers import examine
from .sound import Sound, Untrusted

_BLOCK = 1 << 20  # samples read at once, so that a lie in a header costs no memory
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class AudioError(ValueError):
    """A file is not usable audio: the message names it and the cause."""


class Inspection(NamedTuple):
    """What is known of a recording before it is decoded."""

    seconds: float
    sample_rate: int
    sha256: str


class Unscaled(NamedTuple):
    """A recording as its file has it, but for channels: mono [T], rate in Hz, notices."""

    signal: NDArray[np.float64]
    rate: int
    notices: tuple[str, ...]


def inspect(path: Path) -> Inspection:
    """Duration, rate in Hz, and SHA-256 of the file's bytes.

    Raises:
        AudioError: missing, unreadable, not audio, cut off, or empty.
    """
    try:
        sound = _examined(path)
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        infos = [soundfile.info(part) for part in _parts(path, sound)]
    except (OSError, Untrusted, soundfile.LibsndfileError) as error:
        raise AudioError(_cause(path, error)) from error
    frames = sum(info.frames for info in infos)
    _check_length(path, frames, sound)
    return Inspection(frames / infos[0].samplerate, infos[0].samplerate, digest)


def read_audio(path: str | Path) -> tuple[NDArray[np.float64], int, tuple[str, ...]]:
    """A recording as (mono signal [T] within [-1, 1], rate in Hz, notices).

    A notice says what was done to the signal: channels mixed down to their mean; a peak above full
    scale (float files, and what lossy decoders overshoot) scaled to it, since clipping would
    distort the reference.

    Raises:
        AudioError: missing, unreadable, not audio, empty, cut off, or with non-finite samples.
    """
    signal, rate, notices = read_unscaled(Path(path))
    signal, _, scaled = to_full_scale(signal)
    return signal, rate, (*notices, *scaled)


def read_unscaled(path: Path) -> Unscaled:
    """A recording whose peak may be above full scale.

    Raises:
        AudioError: missing, unreadable, not audio, empty, cut off, or with non-finite samples.
    """
    blocks, energy, promised, kinds = [np.zeros(0)], 0.0, 0, set()
    try:
        sound = _examined(path)
        for part in _parts(path, sound):
            with soundfile.SoundFile(part) as file:
                kinds.add((file.samplerate, file.channels))
                promised += file.frames
                for mean, of_channels in _mono_blocks(file):
                    blocks.append(mean)
                    energy += of_channels
    except (OSError, Untrusted, soundfile.LibsndfileError) as error:
        raise AudioError(_cause(path, error)) from error
    if len(kinds) > 1:
        raise AudioError(f"{path}: holds streams of several rates or numbers of channels")
    _check_length(path, promised, sound)
    signal, ((rate, channels),) = np.concatenate(blocks), kinds
    if len(signal) < promised:
        raise AudioError(f"{path}: cut off after {len(signal)} of {promised} samples")
    bad = np.flatnonzero(~np.isfinite(signal))
    if len(bad):
        raise AudioError(
            f"{path}: {len(bad)} samples are NaN or infinite, the first at {bad[0] / rate:.3f} s"
        )
    notices = sound.notices
    if channels > 1:
        notices = (*notices, f"{channels} channels mixed down to their mean")
    return Unscaled(signal, rate, (*notices, *cancelling(channels, energy, signal)))


def to_full_scale(
    signal: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, tuple[str, ...]]:
    """A signal [T] whose peak is not above 1, the gain that brought it there, and notices."""
    peak = float(np.abs(signal).max(initial=0))
    if peak <= 1:
        return signal, 1.0, ()
    notice = f"peak of {20 * np.log10(peak):+.2f} dBFS scaled down to full scale"
    return signal / peak, 1 / peak, (notice,)


def _examined(path: Path) -> Sound:
    """What a file's structure says of its sound.

    Raises:
        Untrusted, OSError: it is not whole, or no file.
    """
    status = path.stat()
    if what := _KINDS.get(stat.S_IFMT(status.st_mode)):  # opening a pipe waits for a writer
        raise Untrusted(f"is {what}, not a file")
    with path.open("rb") as file:
        if not status.st_size:
            raise Untrusted("is empty")
        return examine(file, status.st_size)


def _parts(path: Path, sound: Sound) -> list[bytes | BytesIO]:
    if path.suffix.lower() == ".raw" and not sound.parts:  # of which soundfile asks for the rate
        return [BytesIO(path.read_bytes())]
    return [BytesIO(part) for part in sound.parts] or [os.fsencode(path)]


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Means of the channels, and the mean over channels of their energy."""
    while len(block := file.read(_BLOCK, dtype="float64", always_2d=True)):
        yield block.mean(axis=1), float(np.sum(block**2) / block.shape[1])


def _check_length(path: Path, frames: int, sound: Sound) -> None:
    if not frames:
        raise AudioError(f"{path}: holds no samples")
    if sound.frames is not None and frames != sound.frames:
        raise AudioError(f"{path}: states {sound.frames} samples, and its sound has {frames}")


def _cause(path: Path, error: OSError | Untrusted | soundfile.LibsndfileError) -> str:
    if isinstance(error, OSError):
        return f"{path}: {error.strerror}"
    if isinstance(error, Untrusted):
        return f"{path}: {error}"
    return f"{path}: not audio that libsndfile can read ({error.error_string.strip(' .')})"
