"""DRT and MRT: tables and sentences."""

from __future__ import annotations

from ...schema import is_system
from ...votes import Votes
from ..conclusion import Conclusion, Table, bracket, columns, is_sure, sentence_of
from ..sentences import counted
from ..units import notes_on, unit_of
from .intelligibility import (
    ALL,
    Intelligibility,
    IntelligibilityPair,
    compare,
    intelligibilities,
)

MARGIN = 5.0  # adjusted percents


def conclude(votes: Votes, margin: float = MARGIN) -> Conclusion:
    """The whole analysis of words.

    Args:
        votes: of drt or mrt, of the listeners that count.
        margin: adjusted percents within which two systems are equivalent.
    """
    rows = list(votes.of_answers())
    unit, scores, pairs = unit_of(rows), intelligibilities(rows), compare(rows, margin)
    spoken = [sentence_of(note) for note in [*notes_on(unit, len(rows)), *_notes(scores)]]
    spoken += _levels(scores)
    spoken += [pair_sentence(pair, margin) for pair in pairs]
    tables = (_scores(scores, unit.name), *_pairs(pairs, margin))
    return Conclusion(
        tables,
        tuple(spoken),
        "intelligibility (adjusted %)",
        {score.condition: (score.adjusted, score.interval) for score in _whole(scores)},
        {
            (p.first, p.second): p.first if p.difference > 0 else p.second
            for p in pairs
            if is_sure(p.p_holm)
        },
    )


def _whole(scores: tuple[Intelligibility, ...]) -> list[Intelligibility]:
    """Scores over all words."""
    return [score for score in scores if score.feature == ALL]


def _notes(scores: tuple[Intelligibility, ...]) -> list[str]:
    notes, whole = [], _whole(scores)
    if (missed := sum(score.not_given for score in whole)) > 0:
        were = "was" if missed == 1 else "were"
        notes.append(f"{counted(missed, 'answer')} {were} not given: neither right nor wrong")
    if sum(is_system(score.condition) for score in whole) < 2:
        notes.append("fewer than two systems under test: there is nothing to compare")
    return notes


def _levels(scores: tuple[Intelligibility, ...]) -> list[str]:
    """How much of each condition is understood, and in which feature least."""
    lines = [
        f"{s.condition}: {s.adjusted:.1f} %{bracket(s.interval, 1)} of {counted(s.words, 'word')}, "
        "adjusted for guessing."
        for s in _whole(scores)
    ]
    for score in _whole(scores):
        parts = [s for s in scores if s.condition == score.condition and s.feature != ALL]
        worst = min(parts, key=lambda part: part.adjusted, default=score)
        if any(part.adjusted > worst.adjusted for part in parts):
            lines.append(
                f"{score.condition} is least understood in {worst.feature}: "
                f"{worst.adjusted:.1f} %{bracket(worst.interval, 1)}."
            )
    return lines


def pair_sentence(pair: IntelligibilityPair, margin: float) -> str:
    """One pair: better understood, equivalent, or neither shown."""
    said = f"{pair.difference:+.1f} %{bracket(pair.interval, 1)}"
    if pair.p_holm is None:
        return f"{pair.first} minus {pair.second}: {said}; not tested."
    if is_sure(pair.p_holm):
        word = "better" if pair.difference > 0 else "worse"
        verdict = f"{pair.first} is understood {word} than {pair.second}"
        return f"{verdict}: {said}, p = {pair.p_holm:.2g} (Holm)."
    if is_sure(pair.p_equivalent_holm):
        return f"{pair.first} and {pair.second} are equivalent within ±{margin:g} %: {said}."
    return (
        f"{pair.first} and {pair.second} are neither shown to differ nor to be equivalent: {said}, "
        f"p = {pair.p_holm:.2g} (Holm)."
    )


def _scores(scores: tuple[Intelligibility, ...], unit: str) -> Table:
    shown = columns(
        *("condition", "feature", "units", "words", "right", "wrong", "not_given"),
        *("adjusted", "interval"),
        digits=1,
        units=f"{unit.capitalize()}s",
        adjusted="Adjusted %",
    )
    caption = (
        "100 (right - wrong / (alternatives - 1)) / words: 0 is guessing. No feature: all words."
    )
    return Table("intelligibility", "Intelligibility", caption, shown, scores)


def _pairs(pairs: tuple[IntelligibilityPair, ...], margin: float) -> list[Table]:
    if not pairs:
        return []
    shown = columns(
        *("first", "second", "difference", "interval", "p", "p_holm", "p_equivalent_holm"),
        digits=1,
    )
    caption = f"First minus second over all words. Equivalence: within ±{margin:g} %."
    return [Table("pairs", "Pairs of systems", caption, shown, pairs, "p_holm")]
