"""What the site plays: the same items for every codec, chosen by what all codecs make of them.

The items are those of the middle, of the lower and of the upper end of the headline column's mean
over codecs: typical, hard, easy. Nobody's best or worst item is picked, and a page of one codec can
be held against that of another. All conditions of an item are taken, or none: there is room for the
typical one always, for the others while less than `BUDGET` is used.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.scores import Scores
from ...metrics.machinery.signals import resample
from ..columns import headline, look
from ..page.gallery import Card, Pick
from ..page.run_signals import ReadSignal, RunSignals
from ..page.sounds import REFERENCE_HZ, Sound, beside, script, values_of

PLACES = {"typical": 0.5, "hard": 0.1, "easy": 0.9}  # among the items, the worst first
BUDGET = 64 * 2**20  # bytes of scripts, after which no further item is begun
FOLDER = "audio"


class Sounds(NamedTuple):
    """The signals of the site.

    Attributes:
        picks: the items, each with its kind and why.
        files: the script of each signal by item and condition, "" for the recording; from a
            codec's page.
        written: the scripts by their path from the first page.
        faults: a sentence for each signal that is left out.
        changed: is one of them there, but not what was measured?
    """

    picks: list[Pick]
    files: dict[tuple[str, str], str]
    written: dict[str, bytes]
    faults: list[str]
    changed: bool


def picked(scores: Scores) -> list[Pick]:
    """The items to play, the typical one first; none where no codec has values that rank."""
    column, codecs = headline(scores.ranked), scores.of_kind("codec")
    if not column or not codecs:
        return []
    means = scores.common(column, codecs).mean(axis=1)
    ordered = (scores.sign(column) * means).sort_values(kind="stable").index
    found: dict[str, Pick] = {}
    for kind, share in PLACES.items():
        if len(ordered):
            item = str(ordered[round(share * (len(ordered) - 1))])
            mean = f"{look(column).short} {means[item]:.{look(column).digits}f}"
            found.setdefault(item, Pick(kind, item, "", f"{mean}, mean of all codecs"))
    return list(found.values())


def sounds(run: Run, read_signal: ReadSignal) -> Sounds:
    """The recordings of the picked items, and what every condition made of them."""
    audio = RunSignals(run, read_signal)
    made = Sounds([], {}, {}, audio.faults, False)
    for number, pick in enumerate(picked(run.scores)):
        if sum(map(len, made.written.values())) >= BUDGET:
            break
        reference = audio.signal(pick.item)
        if reference is None:
            continue
        made.picks.append(pick)
        whole = resample(*reference, REFERENCE_HZ), REFERENCE_HZ
        for place, name in enumerate(("", *run.scores.conditions)):
            signal = audio.signal(pick.item, name) if name else whole
            if signal is not None:
                path = f"{FOLDER}/{number}-{place:04}.js"
                made.files[pick.item, name] = f"../{path}"
                made.written[path] = script(f"../{path}", *signal)
    return made._replace(changed=audio.changed)


def cards(run: Run, made: Sounds, conditions: Sequence[str]) -> list[Card]:
    """The picked items for the page of a codec: its conditions, and others of near bitrates.

    Args:
        run: whose signals they are.
        made: of `sounds`.
        conditions: of the codec.
    """
    scores = run.scores
    near = [name for name in conditions if pd.notna(scores.kbps(name))] or list(conditions)
    others = [name for name in beside(scores, near[len(near) // 2]) if name not in conditions]
    listed = []
    for pick in made.picks:
        item = scores.items[pick.item]
        card = Card(pick, item["speaker"], item["sex"], [])
        card.sounds.append(Sound("reference", made.files[pick.item, ""], {}, True))
        for name in (*conditions, *others):
            if file := made.files.get((pick.item, name)):
                values = values_of(scores, name, pick.item)
                card.sounds.append(Sound(name, file, values, name in conditions))
        if any(sound.name in conditions for sound in card.sounds):
            listed.append(card)
    return listed
