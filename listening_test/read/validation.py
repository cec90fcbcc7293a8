"""From submissions to ratings: what is taken, what is not, and why.

The rules, in their order:
    test        with a key, submissions of another test are rejected; without one, files of several
                tests are refused altogether, for their scores are not comparable
    training    ratings of training trials are left out, and counted. Where none is marked, as in a
                webMUSHRA test of others, a page called `training` or `training_1` is one that the
                key, if any, does not know
    repetition  of what was sent several times, one is taken (`repetition`)
    stimulus    with a key, a stimulus must belong to its trial; without one, the words of `schema`
                are known whatever their case, and what only looks like one is asked about (`roles`)
    score       a number in [0, 100]
    duplicate   the same stimulus rated again: an equal score is taken once, a different one
                replaces the earlier
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from ..schema import (
    Rating,
    Reading,
    Rejected,
    ResultsError,
    SentRating,
    Submission,
    is_system,
    score_of,
)
from .blind_key import Key
from .repetition import without_repetition
from .roles import PLAIN, Roles

_TRAINING = re.compile(r"training[ _-]?\d*", re.IGNORECASE)


def valid_ratings(
    submissions: Sequence[Submission], key: Key | None = None, roles: Roles = PLAIN
) -> Reading:
    """The ratings of submissions, by the rules above.

    Args:
        submissions: as they were read.
        key: of the test, if it is blind.
        roles: conditions that are reference and anchors, where no key says it.

    Raises:
        ResultsError: blind results without a key, or files of several tests without one; without a
            key, conditions that leave open what they are; with one, roles beside it.
    """
    if key is None:
        _check_without_key(submissions)
    elif roles != PLAIN:
        raise ResultsError("the key says what is reference and anchor: no --reference, --anchors")
    rejected: list[Rejected] = []
    notes: list[str] = []
    kept = _of_test(submissions, key, rejected)
    kept = _without_training(kept, key, notes)
    kept = without_repetition(kept, rejected, notes)
    if key is None:
        roles.check(rating.stimulus for submission in kept for rating in submission.ratings)
    ratings = _ratings(kept, key, roles, rejected)
    notes += _notes_on_conditions({r.condition for r in ratings})
    participants = {s.listener: s.participant for s in kept if s.participant}
    notes += _notes_on_participants(participants)
    return Reading(tuple(ratings), tuple(rejected), tuple(notes), participants=participants)


def _check_without_key(submissions: Sequence[Submission]) -> None:
    for submission in submissions:
        if submission.blind:
            raise ResultsError(
                f"{submission.place} holds blind results: give the key that was written when the "
                "test was built (--key)"
            )
    tests = sorted({s.test for s in submissions if s.test})
    if len(tests) > 1:
        raise ResultsError(
            f"results of {len(tests)} tests: {', '.join(tests)}. Scores of different tests are not "
            "comparable; give the files of one test, or its key (--key) to take only its results"
        )


def _of_test(
    submissions: Iterable[Submission], key: Key | None, rejected: list[Rejected]
) -> list[Submission]:
    kept = []
    for submission in submissions:
        if key and submission.test and submission.test != key.test:
            why = f"of test {submission.test!r}; the key is of {key.test!r}"
            rejected.append(submission.rejected(why))
        else:
            kept.append(submission)
    return kept


def _without_training(
    submissions: list[Submission], key: Key | None, notes: list[str]
) -> list[Submission]:
    marked = {s.test for s in submissions if s.training}

    def is_training(submission: Submission) -> bool:
        if submission.test in marked or not submission.anonymous:
            return submission.training
        known = key is not None and key.trial(submission.trial) is not None
        return not known and bool(_TRAINING.fullmatch(submission.trial))

    training = [s for s in submissions if is_training(s)]
    if training:
        count = sum(len(s.ratings) for s in training)
        trials = ", ".join(sorted({s.trial for s in training}))
        notes.append(f"{count} ratings of training trials ({trials}) are left out")
    return [s for s in submissions if not is_training(s)]


def _ratings(
    submissions: list[Submission], key: Key | None, roles: Roles, rejected: list[Rejected]
) -> list[Rating]:
    taken: dict[tuple[str, str, str], tuple[Rating, str, int]] = {}
    for submission in submissions:
        for sent in submission.ratings:
            line = sent.line or submission.line
            rating = _rating(submission, sent, key, roles)
            if isinstance(rating, str):
                rejected.append(Rejected(submission.source, line, rating))
                continue
            cell = rating.listener, rating.trial, rating.condition
            if cell in taken:
                rejected.append(_duplicate(taken[cell], rating, submission.source, line))
                if taken[cell][0].score == rating.score:
                    continue
            taken[cell] = rating, submission.source, line
    return [rating for rating, _, _ in taken.values()]


def _notes_on_conditions(conditions: set[str]) -> list[str]:
    systems = sorted(filter(is_system, conditions))
    notes = []
    for name, other in pairwise(sorted(systems, key=lambda name: (name.strip().casefold(), name))):
        if name.strip().casefold() == other.strip().casefold():
            notes.append(f"{name!r} and {other!r} are taken for two systems")
    return notes


def _notes_on_participants(participants: Mapping[str, str]) -> list[str]:
    """One person who took the test in two browsers would count as two listeners."""
    listeners: dict[str, list[str]] = {}
    for listener, participant in participants.items():
        listeners.setdefault(participant, []).append(listener)
    return [
        f"participant {participant} is several listeners: {', '.join(own)}"
        for participant, own in listeners.items()
        if len(own) > 1
    ]


def _duplicate(earlier: tuple[Rating, str, int], later: Rating, source: str, line: int) -> Rejected:
    old, old_source, old_line = earlier
    what = f"listener {old.listener}, trial {old.trial}, {old.condition}"
    if old.score == later.score:
        why = f"{what}: the same rating as at {old_source}:{old_line}, taken once"
        return Rejected(source, line, why)
    why = f"{what}: {old.score:g} is replaced by {later.score:g} at {source}:{line}"
    return Rejected(old_source, old_line, why)


def _rating(
    submission: Submission, sent: SentRating, key: Key | None, roles: Roles
) -> Rating | str:
    """The rating, or why it is none."""
    what = f"listener {submission.listener}, trial {submission.trial}, stimulus {sent.stimulus}"
    for name, value in (
        ("listener", submission.listener),
        ("trial or item", submission.trial),
        ("stimulus or condition", sent.stimulus),
    ):
        if not value:
            return f"{what}: no {name} is named"
    item, condition = submission.trial, roles.condition(sent.stimulus)
    if key is not None:
        trial = key.trial(submission.trial)
        if trial is None:
            return f"{what}: the key has no such trial"
        item, known = trial.item, trial.stimuli
        if sent.stimulus in known:
            condition = known[sent.stimulus]
        elif submission.blind or condition not in known.values():
            return f"{what}: the key has no such stimulus in this trial"
    score = score_of(sent.score)
    if isinstance(score, str):
        return f"{what}: {score}"
    return Rating(
        submission.listener, item, condition, score, submission.trial, sent.plays, sent.seconds
    )
