"""Post-screening: which listeners' ratings count.

Presets
    bs1534-3      ITU-R BS.1534-3: a listener is excluded who rates (A) the hidden reference below
                  90 for more than 15 % of the items, or (B) the mid anchor above 90 for more than
                  15 % of the items. Where more than 25 % of the listeners rate an item's mid anchor
                  above 90, the anchor did not degrade that item, and (B) does not count it
    mpeg-strict   as in MPEG's verification tests: excluded is who rates any hidden reference below
                  90, or any trial not in the order reference >= mid anchor >= low anchor
    none          nobody is excluded

In band-limited speech the mid anchor can hardly differ from the reference. For items of which the
test's key says so, no rule asks a listener to tell them apart.

What the test itself required, a headphone check or a time of listening, is required here by every
preset but `none`; where it was only offered, who did not meet it gets a remark.

A rule that the test's conditions do not allow is not applied, and a note says so. Remarks on a
listener (every score equal, fewer items than others, stimuli rated unheard) exclude nobody: they
are for the reader to judge.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...benchmarks.statistics.gaps import Array
from ..schema import LOW_ANCHOR, MID_ANCHOR, REFERENCE, Rating, ResultsError
from ..votes import Check
from .opinion_scores import OpinionScores

PRESETS = ("bs1534-3", "mpeg-strict", "none")
LIMIT = 90.0  # score of a hidden reference that was found, and of a mid anchor that was missed
ITEM_SHARE = 0.15
LISTENER_SHARE = 0.25


@dataclass(frozen=True)
class ListenerVerdict:
    """One listener: excluded for `reasons`, if any; `remarks` exclude nobody."""

    listener: str
    items: int
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def excluded(self) -> bool:
        return bool(self.reasons)


@dataclass(frozen=True)
class Screening:
    """A preset's verdict on every listener; `checks` say how many passed each kind of check."""

    preset: str
    verdicts: tuple[ListenerVerdict, ...]
    notes: tuple[str, ...]
    checks: tuple[str, ...] = ()

    @property
    def excluded(self) -> tuple[str, ...]:
        return tuple(v.listener for v in self.verdicts if v.excluded)


def screen(
    scores: OpinionScores,
    preset: str,
    ratings: Sequence[Rating] = (),
    inaudible: Collection[str] = (),
    checks: Sequence[Check] = (),
    required: Collection[str] = (),
) -> Screening:
    """Applies a preset.

    Args:
        scores: of all listeners.
        preset: one of `PRESETS`.
        ratings: the same ratings with their play counts, for the remarks.
        inaudible: items whose mid anchor hardly differs from the reference.
        checks: of the listeners.
        required: kinds of checks that the test required.

    Raises:
        ResultsError: no such preset.
    """
    same = np.array([item in inaudible for item in scores.items], dtype=bool)
    if preset == "bs1534-3":
        reasons, notes = _bs1534(scores, same)
    elif preset == "mpeg-strict":
        reasons, notes = _mpeg(scores, same)
    elif preset == "none":
        reasons, notes = [[] for _ in scores.listeners], []
    else:
        raise ResultsError(f"no screening preset {preset!r}; there are: {', '.join(PRESETS)}")
    rated = np.isfinite(scores.values).any(axis=2).sum(axis=1)
    verdicts = []
    for row, name in enumerate(scores.listeners):
        remarks = _remarks(scores, row, ratings)
        for check in checks:
            if check.listener == name and not check.passed:
                counts = check.kind in required and preset != "none"
                (reasons[row] if counts else remarks).append(check.detail)
        verdicts.append(ListenerVerdict(name, int(rated[row]), tuple(reasons[row]), tuple(remarks)))
    return Screening(preset, tuple(verdicts), tuple(notes), _passed(checks))


def _passed(checks: Sequence[Check]) -> tuple[str, ...]:
    """How many listeners passed each kind of check."""
    kinds = dict.fromkeys(check.kind for check in checks)
    own = {kind: [check.passed for check in checks if check.kind == kind] for kind in kinds}
    return tuple(f"{kind}: {sum(of)} of {len(of)} listeners passed" for kind, of in own.items())


def _bs1534(scores: OpinionScores, same: NDArray[np.bool_]) -> tuple[list[list[str]], list[str]]:
    """Reasons by listener, and notes; `same` [items]: does the mid anchor equal the reference?"""
    reasons: list[list[str]] = [[] for _ in scores.listeners]
    notes: list[str] = []
    reference, anchor = scores.of_condition(REFERENCE), scores.of_condition(MID_ANCHOR)
    _exclude(reference, reference < LIMIT, "the hidden reference below 90", reasons)
    high = anchor > LIMIT
    listeners = np.isfinite(anchor).sum(axis=0)
    audible = high.sum(axis=0) <= LISTENER_SHARE * listeners
    for column in np.flatnonzero(~audible & ~same):
        notes.append(
            f"item {scores.items[column]}: {high[:, column].sum()} of {listeners[column]} "
            "listeners rated the mid anchor above 90, so rule B does not count it"
        )
    counted = audible & ~same
    _exclude(anchor[:, counted], high[:, counted], "the mid anchor above 90", reasons)
    if not np.isfinite(reference).any():
        notes.append(f"no condition {REFERENCE!r}: rule A (hidden reference) is not applied")
    if not np.isfinite(anchor).any():
        notes.append(f"no condition {MID_ANCHOR!r}: rule B (mid anchor) is not applied")
    return reasons, notes + _note(same, "rule B does not count them")


def _note(same: NDArray[np.bool_], so: str) -> list[str]:
    if not same.any():
        return []
    return [
        f"the key says of {same.sum()} of {len(same)} items that the mid anchor hardly differs "
        f"from the reference, so {so}"
    ]


def _exclude(scores: Array, bad: NDArray[np.bool_], what: str, reasons: list[list[str]]) -> None:
    """Adds a reason to listeners who are `bad` [listeners, items] for too many rated items."""
    items = np.isfinite(scores).sum(axis=1)
    for row, count in enumerate(bad.sum(axis=1)):
        if count > ITEM_SHARE * items[row]:
            reasons[row].append(f"rated {what} for {int(count)} of {items[row]} items")


def _mpeg(scores: OpinionScores, same: NDArray[np.bool_]) -> tuple[list[list[str]], list[str]]:
    """As `_bs1534`; items in `same` need the order reference >= low anchor only."""
    reasons: list[list[str]] = [[] for _ in scores.listeners]
    reference = scores.of_condition(REFERENCE)
    ordered = (REFERENCE, MID_ANCHOR, LOW_ANCHOR)
    missing = [name for name in ordered if not np.isfinite(scores.of_condition(name)).any()]
    present = [(name, scores.of_condition(name)) for name in ordered if name not in missing]
    middle = np.where(same, np.nan, scores.of_condition(MID_ANCHOR))
    present = [(name, middle if name == MID_ANCHOR else values) for name, values in present]
    low_there = np.where(same, scores.of_condition(LOW_ANCHOR), np.nan)
    orders = [*pairwise(present), ((REFERENCE, reference), (LOW_ANCHOR, low_there))]
    for row in range(len(scores.listeners)):
        if count := int((reference[row] < LIMIT).sum()):
            items = np.isfinite(reference[row]).sum()
            reasons[row].append(f"rated the hidden reference below 90 for {count} of {items} items")
        for (upper, high), (lower, low) in orders:
            if count := int((high[row] < low[row]).sum()):
                items = np.isfinite(high[row] - low[row]).sum()
                reasons[row].append(f"rated {lower} above {upper} for {count} of {items} items")
    notes = [f"no condition {name!r}: its rules are not applied" for name in missing]
    return reasons, notes + _note(same, "its order does not matter there")


def _remarks(scores: OpinionScores, row: int, ratings: Sequence[Rating]) -> list[str]:
    own = scores.values[row]
    given = own[np.isfinite(own)]
    remarks = []
    if given.size > 1 and np.ptp(given) == 0:
        remarks.append(f"gave every stimulus the score {given[0]:g}")
    items = np.isfinite(scores.values).any(axis=2).sum(axis=1)
    if items[row] < items.max():
        remarks.append(f"rated {items[row]} items, others up to {items.max()}")
    rated = np.isfinite(own).any(axis=1)
    gaps = int((~np.isfinite(own[rated])).sum())
    if gaps and not _designed(scores):
        remarks.append(f"left {_stimuli(gaps)} of these items unrated")
    unheard = sum(r.plays == 0 for r in ratings if r.listener == scores.listeners[row])
    if unheard:
        remarks.append(f"rated {_stimuli(unheard)} without playing")
    return remarks


def _stimuli(count: int) -> str:
    return f"{count} stimulus" if count == 1 else f"{count} stimuli"


def _designed(scores: OpinionScores) -> bool:
    """Does nobody rate every condition of an item, so that gaps belong to the design?"""
    return not np.isfinite(scores.values).all(axis=2).any()
