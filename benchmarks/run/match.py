"""Does a decoded item sound like its own reference, or like another one?

A swap of two items gives every metric a bad but plausible value. It shows when the speech
envelopes of the decoded items are compared with those of all references: each must fit its own
best.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from ...metrics.base import Signal

FRAMES = 32
FRAME_SECONDS = 0.125
BANDS_HZ = (100, 500, 1000, 2000, 4000)
ALIKE = 0.5  # cosine; decoded speech has 0.8 and more with its reference, noise under 0.4 with all
MARGIN = 0.2
BLOCK = 1024  # items that are compared with all references at once


def signature(signal: Signal, rate: int) -> str:
    """Fingerprint of the first four seconds of a signal [T]: 128 numbers of one byte, base64.

    Log energies in four bands at 8 frames a second, each band with its mean removed, all with
    unit norm.
    """
    samples = round(FRAME_SECONDS * rate)
    padded = np.zeros(FRAMES * samples)
    padded[: len(signal)] = signal[: len(padded)]
    power = np.abs(np.fft.rfft(padded.reshape(FRAMES, samples))) ** 2  # [frames, bins]
    hertz = np.fft.rfftfreq(samples, 1 / rate)
    edges = np.searchsorted(hertz, BANDS_HZ)
    energies = np.stack([power[:, a:b].sum(1) for a, b in pairwise(edges)])  # [bands, frames]
    logs = np.log(energies + 1e-4 * energies.max() + 1e-12)
    spoken = min(FRAMES, len(signal) // samples)
    logs[:, :spoken] -= logs[:, :spoken].mean(1, keepdims=True) if spoken else 0
    logs[:, spoken:] = 0  # else short signals would be alike by where they end
    logs /= np.linalg.norm(logs) + 1e-9
    return base64.b64encode(np.rint(127 * logs).astype(np.int8).tobytes()).decode()


def swapped(references: Mapping[str, str], degraded: Mapping[str, str]) -> dict[str, str]:
    """The items whose decoded audio fits another reference clearly better, with that item's id.

    Args:
        references: signature of every item's reference.
        degraded: signature of every item's decoded audio.
    """
    if not degraded:
        return {}
    ids = list(references)
    place = {item: number for number, item in enumerate(ids)}
    known = _vectors(list(references.values()))
    found = {}
    for block in _batched(degraded.items(), BLOCK):
        likeness = _vectors([text for _, text in block]) @ known.T
        for (item, _), row in zip(block, likeness, strict=True):
            best, own = int(row.argmax()), place[item]
            if best != own and row[best] > max(ALIKE, row[own] + MARGIN):
                found[item] = ids[best]
    return found


def _batched(pairs: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    """Lists of at most `size` consecutive pairs (`itertools.batched` came with Python 3.12)."""
    rest = iter(pairs)
    while block := list(islice(rest, size)):
        yield block


def _vectors(signatures: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors [n, 128]."""
    raw = [np.frombuffer(base64.b64decode(text), np.int8) for text in signatures]
    vectors = np.asarray(raw, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / (norms + 1e-9), dtype=np.float32)
