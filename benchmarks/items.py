"""Test sets: the items of a manifest, of a folder of recordings, or of the embedded demo set.

Manifest
    UTF-8 CSV with a header. Columns: id, path (relative to the manifest), speaker, sex ("F", "M" or
    empty), text (may be missing), sha256 (of the file's bytes). Other columns are ignored, the
    order of the lines is kept. Every file's hash is checked when a manifest is read.

Folder
    If it holds `manifest.csv`, that is read. Otherwise every WAV, FLAC, OGG, OPUS and MP3 file
    below it is an item, in the order of the paths; its id is the relative path without its suffix,
    with "_" between folders. The speaker is taken from the path where this is laid out as in
    LibriSpeech, LibriTTS or VCTK.

An unknown speaker, sex or text is "". Statistics treat an item without speaker as a cluster of its
own: guessing one speaker for a whole folder would make intervals too wide, and guessing one for
each file would claim what nobody knows.
"""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from tqdm import tqdm

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
COLUMNS = ("id", "path", "speaker", "sex", "text", "sha256")
OPTIONAL_COLUMNS = ("text",)
SEXES = ("F", "M", "")
MANIFEST = "manifest.csv"
EMBEDDED = {"demo": Path(__file__).parent / "demo"}

_LENGTH_UNKNOWN = 2**63 - 1  # libsndfile's SF_COUNT_MAX, for a FLAC stream of unstated length
_BLOCK = 1 << 20  # samples read at once, so that a header's lie costs no memory
_LONGEST_ID = 128  # characters; ids become file names

# A file's name in each corpus; (speaker, chapter) or (speaker,) are the names of the folders above.
_LAYOUTS = (
    re.compile(r"(?P<speaker>\d+)-(?P<chapter>\d+)-\d{4}"),  # LibriSpeech
    re.compile(r"(?P<speaker>\d+)_(?P<chapter>\d+)_\d{6}_\d{6}"),  # LibriTTS
    re.compile(r"(?P<speaker>[ps]\d+)_\d{3}(_mic[12])?"),  # VCTK
)


class ItemsError(ValueError):
    """A test set cannot be used. `problems` lists every fault; the message is the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = tuple(problems)


class AudioError(ValueError):
    """A file is not usable audio: the message names it and the cause."""


@dataclass(frozen=True)
class Item:
    """One reference recording.

    Attributes:
        id: unique within the test set, and usable as a file's name.
        path: absolute path of the file.
        speaker: "" if unknown.
        sex: "F", "M", or "" if unknown.
        text: what is said; "" if unknown.
        seconds: duration.
        sample_rate: Hz, of the file.
        sha256: hexadecimal digest of the file's bytes.
    """

    id: str
    path: Path
    speaker: str
    sex: str
    text: str
    seconds: float
    sample_rate: int
    sha256: str


class Listing(NamedTuple):
    """An item before its file was opened; `sha256` is "" where none is stated."""

    id: str
    path: Path
    speaker: str = ""
    sex: str = ""
    text: str = ""
    sha256: str = ""
    line: int = 0

    @property
    def where(self) -> str:
        """The line that lists it, to begin a message with."""
        return f"line {self.line}: " if self.line else ""


def read_items(source: str | Path) -> list[Item]:
    """The items of a manifest, a folder, or "demo" (the embedded set; a folder is "./demo").

    Raises:
        ItemsError: nothing there, or a line or file that is wrong: all faults at once.
    """
    path = EMBEDDED.get(str(source), Path(source)).absolute()
    if path.is_dir() and (path / MANIFEST).is_file():
        path /= MANIFEST
    if path.is_dir():
        return opened(_scan(path), path)
    if path.suffix.lower() == ".csv" and path.is_file():
        return opened(_parse(path), path)
    what = "is neither a folder nor a .csv manifest" if path.exists() else "does not exist"
    raise ItemsError(
        [f"{source}: {what}; items are a folder, a .csv manifest, or {', '.join(EMBEDDED)}"]
    )


def opened(listings: Sequence[Listing], source: Path) -> list[Item]:
    """Items of these listings: every file is hashed, and its header read.

    Raises:
        ItemsError: duplicate or unusable ids, missing files, wrong hashes, files that are not
            audio; or no listing at all.
    """
    if not listings:
        raise ItemsError([f"{source}: holds no items ({', '.join(SUFFIXES)})"])
    problems = [f"{source}, {problem}" for problem in _id_problems(listings)]
    items = []
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # hashing releases the GIL
        futures = [pool.submit(_open, listing) for listing in listings]
        for listing, future in zip(
            listings, tqdm(futures, "hashing", disable=None, delay=2, leave=False), strict=True
        ):
            try:
                items.append(future.result())
            except AudioError as error:
                problems.append(f"{source}, {listing.where}{error}")
    if problems:
        raise ItemsError(problems)
    return items


def write_manifest(path: Path, items: Iterable[Item]) -> None:
    """Write a manifest of items that lie below its folder; it appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for item in items:
            relative = item.path.relative_to(path.absolute().parent).as_posix()
            writer.writerow(
                (item.id, relative, item.speaker, item.sex, item.text, item.sha256)
            )
    part.replace(path)


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
        path.open("rb").close()  # libsndfile words its own system errors badly
        with soundfile.SoundFile(path) as file:
            rate, channels, promised = file.samplerate, file.channels, _length(path, file.frames)
            signal = np.concatenate(list(_mono_blocks(file)) or [np.zeros(0)])
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
    if (peak := float(np.abs(signal).max())) > 1:
        signal /= peak
        notices.append(f"peak of {20 * np.log10(peak):.2f} dBFS scaled to full scale")
    return signal, rate, tuple(notices)


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[NDArray[np.float64]]:
    while len(block := file.read(_BLOCK, dtype="float64", always_2d=True)):
        yield block.mean(axis=1)


def _open(listing: Listing) -> Item:
    try:
        with listing.path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        info = soundfile.info(listing.path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(_cause(listing.path, error)) from error
    if listing.sha256 and digest != listing.sha256.lower():
        raise AudioError(
            f"{listing.path}: its content has changed: SHA-256 is {digest}, "
            f"the manifest says {listing.sha256}"
        )
    if not _length(listing.path, info.frames):
        raise AudioError(f"{listing.path}: holds no samples")
    return Item(
        listing.id,
        listing.path,
        listing.speaker,
        listing.sex,
        listing.text,
        info.frames / info.samplerate,
        info.samplerate,
        digest,
    )


def _length(path: Path, frames: int) -> int:
    if frames == _LENGTH_UNKNOWN:
        raise AudioError(f"{path}: its header does not state its length; encode it anew")
    return frames


def _cause(path: Path, error: OSError | soundfile.LibsndfileError) -> str:
    if isinstance(error, soundfile.LibsndfileError):
        if not path.stat().st_size:
            return f"{path}: is empty"
        return f"{path}: not audio that libsndfile can read ({error.error_string.strip(' .')})"
    return f"{path}: {error.strerror}"


def _id_problems(listings: Sequence[Listing]) -> Iterator[str]:
    seen: dict[str, Listing] = {}
    for listing in listings:
        if listing.id in seen:
            yield (
                f"{listing.where}{listing.path} has the id {listing.id!r} of "
                f"{seen[listing.id].where}{seen[listing.id].path}; ids are unique"
            )
        elif not _is_file_name(listing.id):
            yield (
                f"{listing.where}the id {listing.id!r} cannot be a file's name: 1 to {_LONGEST_ID} "
                "characters, no slash, no control character, no dot in front"
            )
        seen.setdefault(listing.id, listing)


def _is_file_name(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_ID
        and text.isprintable()
        and text[0] != "."
        and not set(text) & set("/\\")
    )
