"""From submissions to ratings: what is taken, what is not, and why.

The rules, in their order:
    test        with a key, submissions of another test are rejected; without one, files of several
                tests are refused altogether, for their scores are not comparable
    training    ratings of training trials are left out, and counted. Where none is marked, as in a
                webMUSHRA test of others, a page called `training` or `training_1` is one that the
                key, if any, does not know
    repetition  of what was sent several times, one is taken (`repetition`)
    stimulus    with a key, a stimulus must belong to its trial; the words of `schema` are known
                whatever their case, and what only looks like one of them is noted
    score       a number in [0, 100]
    duplicate   the same stimulus rated again: an equal score is taken once, a different one
                replaces the earlier
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..schema import (
    Rating,
    Reading,
    Rejected,
    ResultsError,
    SentRating,
    Submission,
    condition_of,
    is_system,
    score_of,
)
from .blind_key import Key
from .repetition import without_repetition

_TRAINING = re.compile(r"training[ _-]?\d*", re.IGNORECASE)
_LIKE_A_WORD = re.compile(r"reference|anchor|hidden|^ref$", re.IGNORECASE)


def valid_ratings(submissions: Sequence[Submission], key: Key | None = None) -> Reading:
    """The ratings of submissions, by the rules above.

    Raises:
        ResultsError: blind results without a key, or files of several tests without one.
    """
    if key is None:
        _check_without_key(submissions)
    rejected: list[Rejected] = []
    notes: list[str] = []
    kept = _of_test(submissions, key, rejected)
    kept = _without_training(kept, key, notes)
    kept = without_repetition(kept, rejected, notes)
    ratings = _ratings(kept, key, rejected)
    notes += _notes_on_conditions({r.condition for r in ratings})
    return Reading(tuple(ratings), tuple(rejected), tuple(notes))


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
    submissions: list[Submission], key: Key | None, rejected: list[Rejected]
) -> list[Rating]:
    taken: dict[tuple[str, str, str], tuple[Rating, str, int]] = {}
    for submission in submissions:
        for sent in submission.ratings:
            line = sent.line or submission.line
            rating = _rating(submission, sent, key)
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
    notes = [
        f"{name!r} is taken for a system under test: the hidden reference is called 'reference', "
        "anchors 'anchor35', 'anchor70' or 'mnru-' and a number"
        for name in systems
        if _LIKE_A_WORD.search(name)
    ]
    for name, other in pairwise(sorted(systems, key=lambda name: (name.strip().casefold(), name))):
        if name.strip().casefold() == other.strip().casefold():
            notes.append(f"{name!r} and {other!r} are taken for two systems")
    return notes


def _duplicate(earlier: tuple[Rating, str, int], later: Rating, source: str, line: int) -> Rejected:
    old, old_source, old_line = earlier
    what = f"listener {old.listener}, trial {old.trial}, {old.condition}"
    if old.score == later.score:
        why = f"{what}: the same rating as at {old_source}:{old_line}, taken once"
        return Rejected(source, line, why)
    why = f"{what}: {old.score:g} is replaced by {later.score:g} at {source}:{line}"
    return Rejected(old_source, old_line, why)


def _rating(submission: Submission, sent: SentRating, key: Key | None) -> Rating | str:
    """The rating, or why it is none."""
    what = f"listener {submission.listener}, trial {submission.trial}, stimulus {sent.stimulus}"
    for name, value in (
        ("listener", submission.listener),
        ("trial or item", submission.trial),
        ("stimulus or condition", sent.stimulus),
    ):
        if not value:
            return f"{what}: no {name} is named"
    item, condition = submission.trial, condition_of(sent.stimulus)
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
