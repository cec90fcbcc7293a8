"""Which conditions and which items of a run a listening test gets.

Conditions: those asked for, else the run's codecs; of more than a trial usually has, `families`
says which.

Items: those that every chosen condition decoded and that last 1 to 12 s. They are ordered by the
mean of an objective metric over the conditions and cut into as many equal parts as items are
wanted; each part gives one, of the sex and then of the speaker that was chosen least often so far,
and among those the one on which the metric separates the conditions most. Ties are broken from the
seed. So the items spread over the metric's range, and over speakers.

The number of items is, if not given, what ITU-R BS.1534-3 asks for: 1.5 times the systems under
test, at least 5; at most 12, and what a session has time for.
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
from ...metrics.machinery.names import unknown
from ..schema import REFERENCE, BuildError
from .coded_speech import CodedSpeech, Passage
from .duration import MOST_SIGNALS
from .families import represent

LONGEST = 12.0  # seconds: BS.1534-3
SHORTEST = 1.0  # seconds: less cannot be compared
FEWEST_ITEMS, MOST_ITEMS = 5, 12
ALL = "all"  # asks for every codec


@dataclass(frozen=True)
class Selection:
    """The chosen items, the training item (one of them if no other was left), and remarks."""

    items: tuple[Passage, ...]
    training: Passage
    remarks: tuple[str, ...]


def choose_conditions(
    speech: CodedSpeech, wanted: Sequence[str], room: int, usual: int | None = None
) -> tuple[list[str], list[str]]:
    """Conditions of a run, and remarks: all of `wanted`, every codec, or the usual ones.

    Args:
        speech: of the run.
        wanted: names; `ALL` alone for every codec; nothing for what `families` chooses.
        room: places in a trial.
        usual: places that are taken where nothing is asked for; all by default.

    Raises:
        BuildError: an unknown condition, one named twice, too many, or none at all.
    """
    if list(wanted) == [ALL] and ALL not in speech.kinds:
        return _fitting(_codecs(speech), room), []
    if wanted:
        for name in wanted:
            if name not in speech.kinds:
                raise BuildError(f"the run: {unknown('condition', name, speech.kinds)}")
        if repeated := [name for name, times in Counter(wanted).items() if times > 1]:
            raise BuildError(f"named twice: {', '.join(repeated)}")
        return _fitting(wanted, room), []
    return represent(speech, _codecs(speech), min(room, usual or room))


def _fitting(names: Sequence[str], room: int) -> list[str]:
    if len(names) > room:
        raise BuildError(
            f"{len(names)} conditions are too many: a trial has at most {MOST_SIGNALS} signals, "
            f"and hidden reference and anchors leave room for {room}: {', '.join(names)}"
        )
    return list(names)


def _codecs(speech: CodedSpeech) -> list[str]:
    """Codecs that decoded anything."""
    codecs = [
        name
        for name, kind in speech.kinds.items()
        if kind == "codec" and any(speech.decoded(name, item).exists() for item in speech.items)
    ]
    if not codecs:
        raise BuildError(
            "the run has no decoded codec; --conditions may name others: " + ", ".join(speech.kinds)
        )
    return codecs


def choose_items(
    speech: CodedSpeech,
    conditions: Sequence[str],
    count: int | None,
    seed: int,
    most: int = MOST_ITEMS,
) -> Selection:
    """Items for a test of these conditions.

    Args:
        speech: of the run.
        conditions: that are rated.
        count: of items; None for what BS.1534-3 asks for, as far as there is time.
        seed: of the draw.
        most: items that there is time for.

    Raises:
        BuildError: fewer than wanted can be used, with the reasons.
    """
    usable, remarks = usable_items(speech, conditions)
    if not usable:
        raise BuildError("no item can be used: " + "; ".join(remarks))
    standard = min(max(FEWEST_ITEMS, math.ceil(1.5 * len(conditions))), MOST_ITEMS)
    number = min(standard, most, max(1, len(usable) - 1)) if count is None else count
    if not 1 <= number <= len(usable):
        reasons = "".join(f"; {remark}" for remark in remarks)
        raise BuildError(f"{number} items asked for: 1 to {len(usable)} can be used{reasons}")
    if number < standard:
        timely = count is None and number == most
        remarks.append(
            f"{number} items{', as there is time for' if timely else ''}; BS.1534-3 asks for "
            f"{standard} with {len(conditions)} systems"
            + (": --items asks for more, --plan shares them out among listeners" * timely)
        )
    draw = random.Random(f"items/{seed}")
    chosen = spread_items(speech, conditions, usable, number, draw)
    return _selection(speech, conditions, usable, chosen, draw, remarks)


def take_items(
    speech: CodedSpeech, conditions: Sequence[str], names: Sequence[str], seed: int
) -> Selection:
    """These items for a test of these conditions, in the order of `names`.

    Raises:
        BuildError: one cannot be used, with the reasons.
    """
    usable, remarks = usable_items(speech, conditions)
    by_id = {item.id: item for item in usable}
    if lacking := [name for name in names if name not in by_id]:
        known = {item.id for item in speech.items}
        strange = [name for name in lacking if name not in known]
        reasons = "".join(f"; {remark}" for remark in remarks)
        raise BuildError(
            f"the run has no item {some(strange)}"
            if strange
            else f"the plan's items {some(lacking)} cannot be used{reasons}"
        )
    chosen = [by_id[name] for name in names]
    draw = random.Random(f"items/{seed}")
    return _selection(speech, conditions, usable, chosen, draw, remarks)


def _selection(
    speech: CodedSpeech,
    conditions: Sequence[str],
    usable: Sequence[Passage],
    chosen: Sequence[Passage],
    draw: random.Random,
    remarks: list[str],
) -> Selection:
    """The chosen items, and one of the others for training."""
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


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else math.inf
