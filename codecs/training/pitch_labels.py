"""Pitch labels of packed speech: made once, recording by recording, and resumed after a kill.

The suite's own tracker (`metrics.machinery.pitch`) measures 16 kHz every 10 ms in windows of 50 ms
without padding: its frame j is centred at 25 + 10 j ms, the middle of the 10 ms that begin at
10 (j + 2). So the labels of a recording have two unvoiced places before its frames.
"""

import fcntl
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ...metrics.machinery.pitch import LENGTH, RATE, track
from ...metrics.machinery.signals import resample

LABEL_RATE = 100  # Hz
LEAD = 2  # places before the tracker's first frame


class PitchLabels:
    """F0 in Hz of every recording, 0 where unvoiced, for the middle of every 10 ms."""

    def __init__(self, values: NDArray[np.float32], counts: NDArray[np.int64]) -> None:
        """Labels of all recordings one after another; `counts` [N] of each."""
        self._values = values
        self._ends = np.cumsum(counts)
        self._counts = counts

    def of(self, recording: int) -> NDArray[np.float32]:
        """The labels [seconds * 100] of a recording by its number."""
        end = int(self._ends[recording])
        return self._values[end - int(self._counts[recording]) : end]


def open_labels(
    path: Path, samples: NDArray[np.int16], index: NDArray[np.int64], rate: int
) -> PitchLabels:
    """The labels in `path`, made if they are not there; a partial file beside it is continued.

    Of several trainings that start together one makes them, and the others wait for it.

    Args:
        samples: packed recordings at `rate` Hz.
        index: their lengths in samples, first column of [N, 2].
    """
    lengths = index[:, 0]
    counts = lengths * LABEL_RATE // rate
    if not _whole(path, counts):
        _make(path, samples, lengths, counts, rate)
    return PitchLabels(np.fromfile(path, np.float32), counts)


def _whole(path: Path, counts: NDArray[np.int64]) -> bool:
    """Has a file as many labels as there should be? Older versions could leave more."""
    return path.exists() and path.stat().st_size == counts.sum() * np.dtype(np.float32).itemsize


def _make(
    path: Path,
    samples: NDArray[np.int16],
    lengths: NDArray[np.int64],
    counts: NDArray[np.int64],
    rate: int,
) -> None:
    partial = path.with_name(path.name + ".partial")
    bytes_to = np.cumsum(counts) * np.dtype(np.float32).itemsize
    starts = np.cumsum(lengths) - lengths
    with partial.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _whole(path, counts):  # by another training, which left a new file here or none
            partial.unlink(missing_ok=True)
            return
        done = int(np.searchsorted(bytes_to, file.seek(0, os.SEEK_END), side="right"))
        file.truncate(int(bytes_to[done - 1]) if done else 0)  # a torn recording is made again
        for number in tqdm(
            range(done, len(lengths)), "pitch", len(lengths), initial=done, disable=None
        ):
            signal = samples[starts[number] : starts[number] + lengths[number]]
            file.write(measure_pitch(signal / 32768, rate).tobytes())
            file.flush()
        partial.replace(path)


def measure_pitch(signal: NDArray[np.float64], rate: int) -> NDArray[np.float32]:
    """F0 in Hz [seconds * 100] of a signal [T], 0 where unvoiced, in the middle of every 10 ms."""
    labels = np.zeros(len(signal) * LABEL_RATE // rate, dtype=np.float32)
    resampled = resample(signal, rate, RATE)
    if len(resampled) < LENGTH:
        return labels
    found = track(resampled)
    room = labels[LEAD : LEAD + len(found)]
    room[:] = found[: len(room)]
    return labels
