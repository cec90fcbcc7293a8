"""Speech for training: decoded once into one packed file, cropped at random from there.

The pack holds every recording as 16-bit mono samples at the model's rate, one after another, and is
mapped into memory: a crop costs a page of disk cache and no decoding. It is made again when the
list of recordings, one of their sizes or dates, or the rate changes.

A batch is a function of (seed, step) alone, so a resumed run sees exactly the data of an
undisturbed one. Crops are drawn uniformly over time (long recordings are drawn more often), on a
grid of 10 ms, on which their pitch was measured; the peak of their recording is brought to 0.95 and
then lowered by 0 to `GAIN_DB`, since a codec must not depend on the level.
"""

import csv
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from ...metrics.machinery.signals import resample
from ..audio.folders import SUFFIXES, search
from ..audio.reading import AudioError, read_audio
from .pitch_labels import PitchLabels, open_labels

PEAK = 0.95
GAIN_DB = 15.0
GRID_RATE = 100  # Hz, of the places at which crops begin
READERS = min(8, os.cpu_count() or 1)


class DataError(ValueError):
    """There is nothing to train on, or a recording cannot be read: the message says which."""


@dataclass(frozen=True)
class Recording:
    """A file, who speaks in it, where it is from; "" where that is unknown."""

    path: Path
    speaker: str = ""
    corpus: str = ""
    licence: str = ""


def find_recordings(source: Path) -> list[Recording]:
    """Recordings of a folder (searched deeply) or of a manifest CSV with columns path, speaker.

    Raises:
        DataError: there is no such place, or it names no recording.
    """
    if source.is_dir():
        recordings = [Recording(found.path) for found in search(source).audio]
    elif source.is_file():
        with source.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if rows and "path" not in rows[0]:
            raise DataError(f"{source} has no column 'path'; it has: {', '.join(rows[0])}")
        known = ("speaker", "corpus", "licence")
        recordings = [
            Recording(source.parent / row["path"], *(row.get(name) or "" for name in known))
            for row in rows
        ]
    else:
        raise DataError(f"{source} is neither a folder nor a manifest CSV")
    if not recordings:
        raise DataError(f"{source} names no recording; audio files end in {', '.join(SUFFIXES)}")
    return recordings


def hold_out(
    recordings: Sequence[Recording], count: int
) -> tuple[list[Recording], list[Recording]]:
    """Recordings to train on, and at most `count` of speakers who are then not trained on.

    The speakers (the files, where no speaker is known) are drawn by the hash of their name, a tenth
    of them at most, so that adding recordings moves few of the others.

    Raises:
        DataError: fewer than two speakers or files.
    """
    groups: dict[str, list[Recording]] = {}
    for recording in recordings:
        groups.setdefault(recording.speaker or str(recording.path), []).append(recording)
    if len(groups) < 2:
        raise DataError("one speaker cannot be split into training and validation: give both")
    names = sorted(groups, key=lambda name: sha256(name.encode()).digest())
    held = names[: min(count, max(1, len(names) // 10))]
    training = [recording for name in names if name not in held for recording in groups[name]]
    return training, [groups[name][0] for name in held]


def read_mono(path: Path, rate: int) -> NDArray[np.float64]:
    """The recording [T] at `rate` Hz, channels averaged, no peak above full scale; soxr VHQ.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        signal, own_rate, _ = read_audio(path)
    except AudioError as error:
        raise DataError(f"cannot read {error}") from error
    return resample(signal, own_rate, rate)


@dataclass(frozen=True)
class Crops:
    """What a step learns from.

    Attributes:
        audio: signals [B, T].
        pitch: F0 in Hz [B, T / grid], 0 where unvoiced, for the middle of every 10 ms; None where
            no component asks for it.
    """

    audio: Tensor
    pitch: Tensor | None = None

    def to(self, device: torch.device) -> "Crops":
        """The same on a device."""
        pitch = None if self.pitch is None else self.pitch.to(device, non_blocking=True)
        return Crops(self.audio.to(device, non_blocking=True), pitch)

    def copy_(self, other: "Crops") -> None:
        """Take over the values of others of the same shape."""
        self.audio.copy_(other.audio)
        if self.pitch is not None and other.pitch is not None:
            self.pitch.copy_(other.pitch)

    def clone(self) -> "Crops":
        """The same values in other places."""
        return Crops(self.audio.clone(), None if self.pitch is None else self.pitch.clone())


class Speech:
    """Random crops of packed recordings."""

    def __init__(
        self,
        samples: NDArray[np.int16],
        index: NDArray[np.int64],
        rate: int,
        labels: PitchLabels | None = None,
    ) -> None:
        """Recordings one after another in `samples`; `index` [N, 2]: their lengths and peaks."""
        self.samples, self.labels = samples, labels
        self.grid = rate // GRID_RATE  # samples
        self._lengths, peaks = index.T
        self._peaks = np.maximum(peaks, 1)
        self._ends = np.cumsum(self._lengths)

    @property
    def total(self) -> int:
        """Samples in all."""
        return int(self._ends[-1])

    def batch(self, seed: int, step: int, items: int, crop: int) -> Crops:
        """Crops [items, crop] of this step; a recording too short is followed by zeros."""
        random = np.random.default_rng([seed, step])
        audio = np.zeros((items, crop), dtype=np.float32)
        pitch = np.zeros((items, crop // self.grid), dtype=np.float32)
        for item in range(items):
            chosen = int(np.searchsorted(self._ends, random.integers(self.total), side="right"))
            length = int(self._lengths[chosen])
            first = int(random.integers(max(1, length - crop + 1))) // self.grid
            start = int(self._ends[chosen]) - length + first * self.grid
            piece = self.samples[start : start + min(crop, length - first * self.grid)]
            gain = PEAK / self._peaks[chosen] * 10 ** (-GAIN_DB * random.random() / 20)
            audio[item, : len(piece)] = piece * np.float32(gain)
            if self.labels is not None:
                found = self.labels.of(chosen)[first : first + pitch.shape[1]]
                pitch[item, : len(found)] = found
        return Crops(
            torch.from_numpy(audio), None if self.labels is None else torch.from_numpy(pitch)
        )


def open_speech(
    recordings: Sequence[Recording], rate: int, folder: Path, pitch: bool = False
) -> Speech:
    """The recordings at `rate` Hz, from the pack in `folder`, which is made if it is not there.

    With `pitch`, their labels, which are made beside it.

    Raises:
        DataError: a recording cannot be read.
    """
    stats = [(str(r.path.resolve()), r.path.stat()) for r in recordings if _exists(r.path)]
    listing = json.dumps([rate, [(name, s.st_size, s.st_mtime_ns) for name, s in stats]])
    name = f"speech-{sha256(listing.encode()).hexdigest()[:16]}"
    samples, index = folder / f"{name}.int16", folder / f"{name}.index.npy"
    if not index.exists():
        _pack(recordings, rate, samples, index)
    packed, rows = np.memmap(samples, np.int16, "r"), np.load(index)
    if not pitch:
        return Speech(packed, rows, rate)
    return Speech(
        packed, rows, rate, open_labels(samples.with_suffix(".pitch"), packed, rows, rate)
    )


def _exists(path: Path) -> bool:
    if not path.is_file():
        raise DataError(f"no recording {path}")
    return True


def _pack(recordings: Sequence[Recording], rate: int, samples: Path, index: Path) -> None:
    """Decode everything; the index is written last, so that it vouches for the samples."""
    samples.parent.mkdir(parents=True, exist_ok=True)
    # a name of its own: two trainings that start together both make the pack
    partial = samples.with_suffix(f".{os.getpid()}.partial")
    rows = []
    with partial.open("wb") as file, ThreadPoolExecutor(READERS) as pool:
        signals = pool.map(lambda r: read_mono(r.path, rate), recordings)
        for signal in tqdm(signals, "decode", len(recordings), unit="file", disable=None):
            pcm = np.clip(np.rint(signal * 32768), -32768, 32767).astype(np.int16)
            file.write(pcm.tobytes())
            rows.append((len(pcm), int(np.abs(pcm.astype(np.int32)).max(initial=0))))
    partial.replace(samples)
    unfinished = index.with_suffix(f".{os.getpid()}.partial.npy")
    np.save(unfinished, np.array(rows, dtype=np.int64))
    unfinished.replace(index)
