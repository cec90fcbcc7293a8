"""Which conditions and which items of a run a listening test gets.

Conditions: those asked for, else the run's codecs; more than a trial holds are thinned evenly along
the objective metric, so that both ends of the scale stay.

Items: those that every chosen condition decoded and that last 1 to 12 s. They are ordered by the
mean of an objective metric over the conditions and cut into as many equal parts as items are
wanted; each part gives one, of the sex and then of the speaker that was chosen least often so far,
and among those the one on which the metric separates the conditions most. Ties are broken from the
seed. So the items spread over the metric's range, and over speakers.

The number of items is, if not given, what ITU-R BS.1534-3 asks for: 1.5 times the systems under
test, at least 5; at most 12, which is a session.
"""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev

from ...benchmarks.store.contents import ContentError
from ...benchmarks.store.printable import some
from ..schema import REFERENCE, BuildError
from .coded_speech import CodedSpeech, Passage

LONGEST = 12.0  # seconds: BS.1534-3
SHORTEST = 1.0  # seconds: less cannot be compared
FEWEST_ITEMS, MOST_ITEMS = 5, 12


@dataclass(frozen=True)
class Selection:
    """The chosen items, the training item (one of them if no other was left), and remarks."""

    items: tuple[Passage, ...]
    training: Passage
    remarks: tuple[str, ...]


def choose_conditions(
    speech: CodedSpeech, wanted: Sequence[str], room: int
) -> tuple[list[str], list[str]]:
    """At most `room` conditions of a run, and remarks; all of `wanted` if any are named.

    Raises:
        BuildError: an unknown condition, one named twice, too many, or none at all.
    """
    if wanted:
        for name in wanted:
            if name not in speech.kinds:
                raise BuildError(
                    f"the run has no condition {name!r}; it has: {', '.join(speech.kinds)}"
                )
        if repeated := [name for name, times in Counter(wanted).items() if times > 1]:
            raise BuildError(f"named twice: {', '.join(repeated)}")
        if len(wanted) > room:
            raise BuildError(
                f"{len(wanted)} conditions are too many: a trial has at most 12 signals, "
                f"and hidden reference and anchors leave room for {room}"
            )
        return list(wanted), []
    codecs = [
        name
        for name, kind in speech.kinds.items()
        if kind == "codec" and any(speech.decoded(name, item).exists() for item in speech.items)
    ]
    if not codecs:
        raise BuildError(
            "the run has no decoded codec; --conditions may name others: " + ", ".join(speech.kinds)
        )
    if len(codecs) <= room:
        return codecs, []
    return _thinned(speech, codecs, room)


def _thinned(speech: CodedSpeech, codecs: list[str], room: int) -> tuple[list[str], list[str]]:
    """Conditions evenly spaced along the objective metric; in the run's order."""
    ranked = sorted(codecs, key=lambda name: _mean(_of_condition(speech, name)))
    step = (len(ranked) - 1) / (room - 1) if room > 1 else 0.0
    kept = {ranked[round(place * step)] for place in range(room)}
    dropped = [name for name in codecs if name not in kept]
    remark = (
        f"{len(codecs)} codecs are too many for a trial: left out, evenly along "
        f"{speech.column or 'their order'}: {', '.join(dropped)} (--conditions chooses)"
    )
    return [name for name in codecs if name in kept], [remark]


def choose_items(
    speech: CodedSpeech, conditions: Sequence[str], count: int | None, seed: int
) -> Selection:
    """Items for a test of these conditions; `count` as BS.1534-3 asks if None.

    Raises:
        BuildError: fewer than wanted can be used, with the reasons.
    """
    usable, remarks = usable_items(speech, conditions)
    if not usable:
        raise BuildError("no item can be used: " + "; ".join(remarks))
    standard = min(max(FEWEST_ITEMS, math.ceil(1.5 * len(conditions))), MOST_ITEMS)
    number = min(standard, max(1, len(usable) - 1)) if count is None else count
    if not 1 <= number <= len(usable):
        reasons = "".join(f"; {remark}" for remark in remarks)
        raise BuildError(f"--items {number}: 1 to {len(usable)} can be used{reasons}")
    if number < standard:
        remarks.append(
            f"{number} items; BS.1534-3 asks for {standard} with {len(conditions)} systems"
        )
    draw = random.Random(f"items/{seed}")
    chosen = spread_items(speech, conditions, usable, number, draw)
    left = [item for item in usable if item not in chosen]
    if not left:
        remarks.append(f"no item is left for training: {chosen[0].id} is trained and rated")
    training = _best(speech, conditions, left, chosen, draw) if left else chosen[0]
    return Selection(tuple(chosen), training, tuple(remarks))


def usable_items(
    speech: CodedSpeech,
    conditions: Sequence[str],
    shortest: float = SHORTEST,
    longest: float = LONGEST,
) -> tuple[list[Passage], list[str]]:
    """The items of this length in seconds that every condition decoded; and remarks.

    Raises:
        BuildError: a file is not what the run measured.
    """
    usable: list[Passage] = []
    lacking: dict[tuple[str, str], list[str]] = {}
    changed: list[str] = []
    lasting = [item for item in speech.items if shortest <= item.seconds <= longest]
    for item in lasting:
        states = {name: _state(speech, name, item, changed) for name in (REFERENCE, *conditions)}
        for name, state in states.items():
            if state:
                lacking.setdefault((name, state), []).append(item.id)
        if not any(states.values()):
            usable.append(item)
    if changed:
        raise BuildError("not what the run measured:\n  " + "\n  ".join(changed))
    remarks = [
        f"{name} {state} {len(items)} items: {some(items)}"
        for (name, state), items in lacking.items()
    ]
    if outside := len(speech.items) - len(lasting):
        remarks.append(
            f"{outside} of {len(speech.items)} items are not {shortest:g} to {longest:g} s long"
        )
    return usable, remarks


def _state(speech: CodedSpeech, name: str, item: Passage, changed: list[str]) -> str:
    """Why a recording, or what a condition decoded of it, cannot be used; "" if it can."""
    try:
        if name == REFERENCE:
            speech.audio.recording(item.id)
        elif speech.audio.decoded(name, item.id) is None:
            return "did not decode"
    except ContentError as error:
        if error.missing:
            return "lacks the files of"
        changed.append(f"{item.id}: {name}: {error}")
    return ""


def spread_items(
    speech: CodedSpeech,
    conditions: Sequence[str],
    usable: list[Passage],
    count: int,
    draw: random.Random,
) -> list[Passage]:
    """One item of each of `count` equal parts of the metric's range, in the run's order."""
    shuffled = draw.sample(usable, len(usable))
    ordered = sorted(shuffled, key=lambda item: _mean(_of_item(speech, conditions, item)))
    borders = [round(part * len(ordered) / count) for part in range(count + 1)]
    parts = [ordered[a:b] for a, b in pairwise(borders)]
    draw.shuffle(parts)
    chosen: list[Passage] = []
    for part in parts:
        chosen.append(_best(speech, conditions, part, chosen, draw))
    return [item for item in usable if item in chosen]


def _best(
    speech: CodedSpeech,
    conditions: Sequence[str],
    part: Sequence[Passage],
    chosen: Sequence[Passage],
    draw: random.Random,
) -> Passage:
    sexes = Counter(item.sex for item in chosen)
    speakers = Counter(item.speaker for item in chosen if item.speaker)

    def rank(item: Passage) -> tuple[int, int, float, float]:
        values = _of_item(speech, conditions, item)
        separation = pstdev(values) if values else 0.0
        return sexes[item.sex], speakers[item.speaker], -separation, draw.random()

    return min(part, key=rank)


def _of_item(speech: CodedSpeech, conditions: Sequence[str], item: Passage) -> list[float]:
    return [speech.scores[c, item.id] for c in conditions if (c, item.id) in speech.scores]


def _of_condition(speech: CodedSpeech, condition: str) -> list[float]:
    return [
        speech.scores[condition, i.id] for i in speech.items if (condition, i.id) in speech.scores
    ]


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else math.inf
