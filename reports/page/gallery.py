"""Items to listen to: the worst, the best, and those on which the metrics disagree most.

Conditions differ in their means, so an item is judged within its condition: by how many standard
deviations its value is off the condition's mean, better upwards. Each item appears once, together
with the conditions of other codecs whose bitrates are nearest; what the other conditions made of it
can be chosen beside them, as far as there is room.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.scores import Scores
from ...metrics.machinery.signals import resample
from ..columns import headline, look, overview
from .run_signals import ReadSignal, RunSignals
from .sounds import REFERENCE_HZ, Sound, beside, script, values_of

EACH = 3  # items of each kind
BUDGET = 48 * 2**20  # bytes of audio and pictures in all, before base64 adds a third
MOST = 240  # signals in all


class Pick(NamedTuple):
    """An item that stands out in a condition, and why."""

    kind: str
    item: str
    condition: str
    why: str


class Card(NamedTuple):
    """An item: its reference, then the conditions to compare, those shown at once first."""

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
        files: the signals, by the path of each from the page.
    """

    cards: list[Card]
    faults: list[str]
    changed: bool
    files: Mapping[str, bytes] = MappingProxyType({})


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
    """The cards of a run, and as many signals as there is room for."""
    audio = RunSignals(run, read_signal)
    made = _Made(run, audio)
    cards = []
    for number, pick in enumerate(picks(run.scores)):
        item = run.scores.items[pick.item]
        card = Card(pick, item["speaker"], item["sex"], [])
        if made.begin(card, number):
            cards.append((number, card))
    for name in _ordered(run.scores) if cards else ():
        for number, card in cards:
            if name not in [sound.name for sound in card.sounds]:
                made.add(card, number, name, near=False)
    return Gallery([card for _, card in cards], audio.faults, audio.changed, made.files)


class _Made:
    """The signals of a gallery as they come, within its limits."""

    def __init__(self, run: Run, audio: RunSignals) -> None:
        self._run, self._audio = run, audio
        self._used = 0
        self.files: dict[str, bytes] = {}

    def begin(self, card: Card, number: int) -> bool:
        """Add the reference, the pick and its neighbours; False without one of the first two."""
        item, picked = card.pick.item, card.pick.condition
        reference = self._audio.signal(item)
        decoded = self._audio.signal(item, picked) if reference else None
        if reference is None or decoded is None:
            return False
        whole = resample(*reference, REFERENCE_HZ), REFERENCE_HZ
        self._take(card, number, "reference", whole, True)
        self._take(card, number, picked, decoded, True)
        for name in beside(self._run.scores, picked)[1:]:
            self.add(card, number, name, near=True)
        return True

    def add(self, card: Card, number: int, name: str, near: bool) -> None:
        """Add what a condition made of the item, where it can be had and there is room."""
        if self._used < BUDGET and len(self.files) < MOST:
            decoded = self._audio.signal(card.pick.item, name)
            if decoded is not None:
                self._take(card, number, name, decoded, near)

    def _take(
        self,
        card: Card,
        number: int,
        name: str,
        signal: tuple[NDArray[np.float64], int],
        near: bool,
    ) -> None:
        file = f"audio/{number:02}-{len(card.sounds):03}.js"
        condition = name if card.sounds else ""
        values = values_of(self._run.scores, condition, card.pick.item) if condition else {}
        card.sounds.append(Sound(name, file, values, near))
        self.files[file] = script(file, *signal)
        self._used += 3 * len(self.files[file]) // 4  # before base64


def _ordered(scores: Scores) -> Iterator[str]:
    """All conditions, the best first within codecs, then oracles and controls."""
    column = headline(scores.ranked)
    means = (scores.sign(column) * scores.of(column).mean()).fillna(-np.inf)
    for kind in ("codec", "oracle", "control"):
        own = means[scores.of_kind(kind)].sort_values(ascending=False, kind="stable")
        yield from map(str, own.index)
