"""What a page plays: the signals beside it, what stands at each, and which belong together.

Each signal is a script of its own beside the page, which loads it when it is asked for: a page on
file:// may not read its neighbours, but runs their scripts.
"""

import base64
import io
import json
from typing import NamedTuple

import numpy as np
import pandas as pd
import soundfile
from numpy.typing import NDArray

from ...benchmarks.store.scores import Scores, curve_of
from ..columns import look, overview
from .spectrogram import spectrogram

OTHERS = 5  # conditions of other codecs beside the one that made an item stand out
SECONDS = 8.0  # of an item that can be heard
REFERENCE_HZ = 24_000  # of the reference that is heard: of the widest band that a codec here has
_LEAST_KBPS = 1e-3  # rates below are alike


class Sound(NamedTuple):
    """One signal of a card.

    Attributes:
        name: of the condition, or "reference".
        file: the script that holds it, from the page.
        values: of the item, by short name.
        near: is it shown before anything is chosen?
    """

    name: str
    file: str
    values: dict[str, str]
    near: bool


def beside(scores: Scores, condition: str) -> list[str]:
    """The condition, and those of other curves that are nearest in bitrate, nearest first."""
    own = curve_of(condition, scores.conditions[condition]["codec"])
    kbps = scores.kbps(condition)
    nearest: dict[str, tuple[float, str]] = {}
    for name in scores.of_kind("codec"):
        curve = curve_of(name, scores.conditions[name]["codec"])
        # a codec may send nothing, and of some no rate is known
        rates = np.fmax([scores.kbps(name), kbps], _LEAST_KBPS)
        distance = abs(np.log(rates[0] / rates[1]))
        if curve != own:
            nearest[curve] = min(nearest.get(curve, (np.inf, "")), (float(distance), name))
    oracles = scores.of_kind("oracle")[:1]
    return [condition, *(name for _, name in sorted(nearest.values())[:OTHERS]), *oracles]


def values_of(scores: Scores, condition: str, item: str) -> dict[str, str]:
    """What stands at a signal: the bitrate and the values of the item, by short name."""
    kbps, stated = scores.kbps(condition), " (stated)" * scores.states_bitrate(condition)
    values = {} if pd.isna(kbps) else {"kbit/s": f"{kbps:.2f}{stated}"}
    for column in overview(scores.ranked):
        value = float(scores.of(column)[condition][item])
        values[look(column).short] = "–" if pd.isna(value) else f"{value:.{look(column).digits}f}"
    return values


def script(file: str, signal: NDArray[np.float64], rate: int) -> bytes:
    """The script of a signal [T], by the name under which a page loads it: its FLAC and picture."""
    words = [file, *(base64.b64encode(content).decode() for content in _encoded(signal, rate))]
    return f"signal({json.dumps(words)[1:-1]});\n".encode()


def _encoded(signal: NDArray[np.float64], rate: int) -> tuple[bytes, bytes]:
    """FLAC and PNG of the beginning of a signal."""
    cut = signal[: round(SECONDS * rate)]
    flac = io.BytesIO()
    soundfile.write(flac, cut, rate, format="FLAC", subtype="PCM_16")
    return flac.getvalue(), spectrogram(cut, rate)
