"""Items to listen to: the worst, the best, and those on which the metrics disagree most.

Conditions differ in their means, so an item is judged within its condition: by how many standard
deviations its value is off the condition's mean, better upwards. Each item appears once, together
with the conditions of other codecs whose bitrates are nearest.
"""

import base64
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
import soundfile
from numpy.typing import NDArray

from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.scores import Scores, curve_of
from ...metrics.machinery.signals import resample
from ..columns import headline, look, overview
from .run_signals import ReadSignal, RunSignals

EACH = 3  # items of each kind
OTHERS = 5  # conditions of other codecs beside the one that made an item stand out
SECONDS = 8.0  # of an item that are embedded
REFERENCE_HZ = 24_000  # of the embedded reference: of the widest band that a codec here has
BUDGET = 16 * 2**20  # bytes of audio and pictures in all, before base64 adds a third

_WINDOW, _PICTURE = 512, (560, 150)  # samples; pixels, width and height
_EMPHASIS, _RANGE_DB = 0.95, 65.0
_LEAST_KBPS = 1e-3  # rates below are alike
_QUIETEST_DB = -20.0  # level of white: noise of a silent signal stays dark


class Pick(NamedTuple):
    """An item that stands out in a condition, and why."""

    kind: str
    item: str
    condition: str
    why: str


class Sound(NamedTuple):
    """One signal of a card: its name, FLAC and PNG in base64, and its values by short name."""

    name: str
    flac: str
    png: str
    values: dict[str, str]


class Card(NamedTuple):
    """An item with its reference first and the conditions to compare."""

    pick: Pick
    speaker: str
    sex: str
    sounds: list[Sound]


class Gallery(NamedTuple):
    """What can be listened to.

    Attributes:
        cards: of the items that stand out.
        faults: a sentence for each signal that is left out.
        changed: is one of them there, but not what was measured?
    """

    cards: list[Card]
    faults: list[str]
    changed: bool


def picks(scores: Scores) -> list[Pick]:
    """The items to show; none where nothing ranks."""
    first = headline(scores.ranked)
    judges = [first, *(column for column in overview(scores.ranked) if column != first)]
    codecs = scores.of_kind("codec")
    if not first or not codecs:
        return []
    off = pd.DataFrame({column: _deviations(scores, column, codecs) for column in judges})
    ordered = off[first].dropna().sort_values()
    spread = (off.max(axis=1) - off.min(axis=1)).dropna().sort_values(ascending=False)
    why = f"{look(first).short} {{:+.1f}} SD off its condition's mean"
    found = _first(ordered, "worst", why, [])
    found += _first(ordered[::-1], "best", why, found)
    if len(judges) > 1:
        found += [_explained(pick, off) for pick in _first(spread, "disagreed", "", found)]
    return found


def _deviations(scores: Scores, column: str, codecs: Sequence[str]) -> "pd.Series[float]":
    """Standard deviations off the mean of the condition, better upwards, by condition and item."""
    table = scores.sign(column) * scores.of(column)[list(codecs)]
    spread = table.std().where(lambda deviation: deviation > 1e-9)
    return cast("pd.Series[float]", ((table - table.mean()) / spread).unstack())


def _first(ordered: "pd.Series[float]", kind: str, why: str, taken: Sequence[Pick]) -> list[Pick]:
    """The first of these that are of other items than those taken."""
    used = {pick.item for pick in taken}
    found: dict[str, Pick] = {}
    for place, value in ordered.items():
        condition, item = cast("tuple[str, str]", place)
        if item not in used and item not in found:
            found[item] = Pick(kind, item, condition, why.format(value))
        if len(found) == EACH:
            break
    return list(found.values())


def _explained(pick: Pick, off: pd.DataFrame) -> Pick:
    """A disagreement with the metrics that disagree."""
    line = off.xs((pick.condition, pick.item))
    likes, dislikes = str(line.idxmax()), str(line.idxmin())
    return pick._replace(
        why=f"{look(likes).short} {line.max():+.1f} SD, {look(dislikes).short} {line.min():+.1f} SD"
    )


def gallery(run: Run, read_signal: ReadSignal) -> Gallery:
    """The cards of a run, as many as the budget has room for."""
    audio = RunSignals(run, read_signal)
    shown: list[Card] = []
    used = 0
    for pick in picks(run.scores):
        item = run.scores.items[pick.item]
        sounds = _sounds(run, pick, audio)
        used += sum(len(sound.flac) + len(sound.png) for sound in sounds) * 3 // 4
        if used > BUDGET:
            break
        if sounds:
            shown.append(Card(pick, item["speaker"], item["sex"], sounds))
    return Gallery(shown, audio.faults, audio.changed)


def _sounds(run: Run, pick: Pick, audio: RunSignals) -> list[Sound]:
    """The reference, the pick, and what others made of the item.

    None at all where one of the first two cannot be had.
    """
    reference = audio.signal(pick.item)
    if reference is None:
        return []
    sounds = [_sound("reference", resample(*reference, REFERENCE_HZ), REFERENCE_HZ, {})]
    for name in _beside(run.scores, pick.condition):
        decoded = audio.signal(pick.item, name)
        if decoded is not None:
            sounds.append(_sound(name, *decoded, _values(run.scores, name, pick.item)))
        elif name == pick.condition:
            return []
    return sounds


def _beside(scores: Scores, condition: str) -> list[str]:
    """The condition, and those of other curves that are nearest in bitrate, nearest first."""
    own = curve_of(condition, scores.conditions[condition]["codec"])
    nearest: dict[str, tuple[float, str]] = {}
    for name in scores.of_kind("codec"):
        curve = curve_of(name, scores.conditions[name]["codec"])
        # a codec may send nothing, and of some no rate is known
        rates = np.fmax([scores.kbps(name), scores.kbps(condition)], _LEAST_KBPS)
        distance = abs(np.log(rates[0] / rates[1]))
        if curve != own:
            nearest[curve] = min(nearest.get(curve, (np.inf, "")), (float(distance), name))
    oracles = scores.of_kind("oracle")[:1]
    return [condition, *(name for _, name in sorted(nearest.values())[:OTHERS]), *oracles]


def _values(scores: Scores, condition: str, item: str) -> dict[str, str]:
    stated = " (stated)" * scores.states_bitrate(condition)
    values = {"kbit/s": f"{scores.kbps(condition):.2f}{stated}"}
    for column in overview(scores.ranked):
        value = float(scores.of(column)[condition][item])
        values[look(column).short] = "-" if pd.isna(value) else f"{value:.{look(column).digits}f}"
    return values


def _sound(name: str, signal: NDArray[np.float64], rate: int, values: dict[str, str]) -> Sound:
    cut = signal[: round(SECONDS * rate)]
    flac = io.BytesIO()
    soundfile.write(flac, cut, rate, format="FLAC", subtype="PCM_16")
    return Sound(name, _text(flac.getvalue()), _text(spectrogram(cut, rate)), values)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def spectrogram(signal: NDArray[np.float64], rate: int) -> bytes:
    """PNG of a signal's [T] spectrogram up to 8 kHz, its highs raised by pre-emphasis."""
    from PIL import Image

    at_rate = resample(signal, rate, 16_000)
    raised = np.append(at_rate[:1], at_rate[1:] - _EMPHASIS * at_rate[:-1])
    width, height = _PICTURE
    padded = np.pad(raised, _WINDOW // 2)
    starts = np.linspace(0, len(padded) - _WINDOW, width).astype(int)
    frames = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW)
    level = 20 * np.log10(np.abs(np.fft.rfft(frames)[:, 1:]) + 1e-6)  # [width, 256]
    top = max(np.percentile(level, 99.8), _QUIETEST_DB)
    shades = np.clip(255 * (1 + (level - top) / _RANGE_DB), 0, 255).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(shades.T[::-1]), mode="L")
    picture = picture.resize((width, height), Image.Resampling.BILINEAR).quantize(64)
    picture.putpalette(_palette(picture))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _palette(grey: Any) -> list[int]:
    """Colours of a picture's own grey levels."""
    levels = np.array(grey.getpalette()[: 3 * 64 : 3])
    return [int(value) for value in _magma()[levels].ravel()]


@lru_cache(maxsize=1)
def _magma() -> NDArray[np.uint8]:
    from matplotlib import colormaps

    return (colormaps["magma"](np.arange(256))[:, :3] * 255).astype(np.uint8)
