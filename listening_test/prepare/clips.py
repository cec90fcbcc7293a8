"""What is heard at once: an item, or several of one speaker, joined.

Categories are judged of 8 to 12 s of speech (ITU-T P.800 Annex B, P.808): shorter items of one
speaker are joined in the run's order, half a second of silence between them, until they last that
long. Items of unknown speakers are not joined, for they might be of two. Pairs are compared on 1 to
12 s, and words are 0.2 to 4 s long: nothing is joined for them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ..schema import BuildError
from ..votes import CATEGORY_TESTS, WORD_TESTS
from .coded_speech import CodedSpeech, Passage
from .selection import LONGEST, SHORTEST, spread_items, usable_items

GAP_SECONDS = 0.5  # between joined items
SECONDS = {  # shortest and longest of a test's clips
    **dict.fromkeys(CATEGORY_TESTS, (8.0, 12.0)),
    **dict.fromkeys(("ab", "abx"), (SHORTEST, LONGEST)),
    **dict.fromkeys(WORD_TESTS, (0.2, 4.0)),
}
USUAL_CLIPS = 12


@dataclass(frozen=True)
class Clip:
    """Items that are heard one after the other; `id` is theirs, joined by +."""

    id: str
    items: tuple[Passage, ...]

    @property
    def seconds(self) -> float:
        """With the silence between the items."""
        return sum(item.seconds for item in self.items) + GAP_SECONDS * (len(self.items) - 1)


@dataclass(frozen=True)
class Clips:
    """Those to be rated, those left for training and checks (rated ones if none were), remarks."""

    rated: tuple[Clip, ...]
    spare: tuple[Clip, ...]
    remarks: tuple[str, ...]


def choose_clips(
    speech: CodedSpeech,
    conditions: Sequence[str],
    test: str,
    count: int | None,
    seconds: tuple[float, float],
    seed: int,
) -> Clips:
    """Clips that every condition decoded, spread over speakers and over the objective metric.

    Args:
        speech: what the run offers.
        conditions: of the run, to be rated.
        test: which decides whether items are joined.
        count: of the clips; if None, every word, or at most 12 with one left for training.
        seconds: shortest and longest.
        seed: of the choice.

    Raises:
        BuildError: too few can be used, with the reasons.
    """
    shortest, longest = _checked(seconds)
    joined = test in CATEGORY_TESTS
    usable, remarks = usable_items(speech, conditions, SHORTEST if joined else shortest, longest)
    found = (
        list(_joined(usable, shortest, longest)) if joined else [Clip(i.id, (i,)) for i in usable]
    )
    if left := len(usable) - sum(len(clip.items) for clip in found):
        remarks.append(
            f"{left} items are shorter than {shortest:g} s, and no others of their speaker fit to "
            f"be joined to {shortest:g} to {longest:g} s (items of unknown speakers are not joined)"
        )
    if not found:
        raise BuildError(
            "no item can be used: "
            + "; ".join(remarks or ["the run has none"])
            + ("; --clip-seconds allows other lengths" if joined else "")
        )
    usual = len(found) if test in WORD_TESTS else min(USUAL_CLIPS, max(1, len(found) - 1))
    number = usual if count is None else count
    if not 1 <= number <= len(found):
        why = "".join(f"; {remark}" for remark in remarks)
        raise BuildError(f"--items {number}: 1 to {len(found)} clips can be made{why}")
    by_id = {clip.id: clip for clip in found}
    draw = random.Random(f"clips/{seed}")
    passages = [_passage(clip) for clip in found]
    known = replace(speech, scores={**speech.scores, **_scores(speech, conditions, found)})
    chosen = {item.id for item in spread_items(known, conditions, passages, number, draw)}
    rated = tuple(clip for clip in found if clip.id in chosen)
    spare = tuple(clip for clip in by_id.values() if clip.id not in chosen)
    if not spare:
        remarks.append(f"no clip is left for training and checks: {rated[0].id} is also rated")
    return Clips(rated, spare or rated, tuple(remarks))


def _checked(seconds: tuple[float, float]) -> tuple[float, float]:
    shortest, longest = seconds
    if not 0 < shortest <= longest <= 60:
        raise BuildError(
            f"clips of {shortest:g} to {longest:g} s; 0 < shortest <= longest <= 60 is possible"
        )
    return seconds


def _joined(items: Sequence[Passage], shortest: float, longest: float) -> Iterator[Clip]:
    """Items that are long enough; and of each speaker's shorter ones, as many as are needed."""
    waiting: dict[str, tuple[Passage, ...]] = defaultdict(tuple)
    for item in items:
        if item.seconds >= shortest:
            yield Clip(item.id, (item,))
            continue
        if not item.speaker:
            continue
        one = Clip("", (*waiting[item.speaker], item))
        if one.seconds > longest:
            one = Clip("", (item,))  # what waited cannot be completed with this one
        waiting[item.speaker] = one.items
        if one.seconds >= shortest:
            waiting[item.speaker] = ()
            yield Clip("+".join(part.id for part in one.items), one.items)


def _passage(clip: Clip) -> Passage:
    first = clip.items[0]
    return Passage(clip.id, first.path, first.speaker, first.sex, clip.seconds)


def _scores(
    speech: CodedSpeech, conditions: Sequence[str], clips: Sequence[Clip]
) -> Mapping[tuple[str, str], float]:
    """The objective metric of joined items: its mean over them, where all have it."""
    found = {}
    for clip in clips:
        for name in conditions:
            values = [speech.scores.get((name, item.id)) for item in clip.items]
            known = [value for value in values if value is not None]
            if len(known) == len(values):
                found[name, clip.id] = fmean(known)
    return found
