"""From submissions to ratings: what is taken, what is not, and why.

The rules, in their order:
    test        with a key, submissions of another test are rejected; without one, files of several
                tests are refused altogether, for their scores are not comparable
    training    ratings of training trials are left out, and counted
    record      a record id that was read before is taken once (a retried or copied post)
    replaced    a later record of the same listener and trial replaces the earlier one; later by
                its time where both have one, otherwise by the order of reading
    twice       a listener whose trials, scores and times all equal another listener's is the same
                session sent again (pymushra gives every post a new id)
    stimulus    with a key, a stimulus must belong to its trial
    score       a number in [0, 100]
    duplicate   the same stimulus rated again: an equal score is taken once, a different one
                replaces the earlier
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from .blind_key import Key
from .ratings import Rating, Reading, Rejected, ResultsError, SentRating, Submission

FEWEST_TO_RECOGNISE = 5  # equal scores and times: fewer could be chance
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def validate(submissions: Sequence[Submission], key: Key | None = None) -> Reading:
    """The ratings of submissions, by the rules above.

    Raises:
        ResultsError: blind results without a key, or files of several tests without one.
    """
    if key is None:
        _check_without_key(submissions)
    rejected: list[Rejected] = []
    notes: list[str] = []
    kept = _of_test(submissions, key, rejected)
    kept = _without_training(kept, notes)
    kept = _once(kept, rejected)
    kept = _latest(kept, rejected)
    kept = _not_sent_twice(kept, rejected)
    ratings = _ratings(kept, key, rejected)
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


def _reject(submission: Submission, why: str, rejected: list[Rejected]) -> None:
    rejected.append(Rejected(submission.source, submission.line, why, len(submission.ratings)))


def _of_test(
    submissions: Iterable[Submission], key: Key | None, rejected: list[Rejected]
) -> list[Submission]:
    kept = []
    for submission in submissions:
        if key and submission.test and submission.test != key.test:
            why = f"of test {submission.test!r}; the key is of {key.test!r}"
            _reject(submission, why, rejected)
        else:
            kept.append(submission)
    return kept


def _without_training(submissions: list[Submission], notes: list[str]) -> list[Submission]:
    training = [s for s in submissions if s.training]
    if training:
        count = sum(len(s.ratings) for s in training)
        trials = ", ".join(sorted({s.trial for s in training}))
        notes.append(f"{count} ratings of training trials ({trials}) are left out")
    return [s for s in submissions if not s.training]


def _once(submissions: list[Submission], rejected: list[Rejected]) -> list[Submission]:
    first: dict[str, Submission] = {}
    kept = []
    for submission in submissions:
        earlier = first.setdefault(submission.record, submission) if submission.record else None
        if earlier is None or earlier is submission:
            kept.append(submission)
        else:
            why = f"record {submission.record} was already read at {earlier.place}: taken once"
            _reject(submission, why, rejected)
    return kept


def _moment(time: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 time, UTC if it names no zone; None for other text."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _latest(submissions: list[Submission], rejected: list[Rejected]) -> list[Submission]:
    latest: dict[tuple[str, str], Submission] = {}
    replaced: dict[int, Submission] = {}
    for submission in (s for s in submissions if s.record):
        who = submission.listener, submission.trial
        other = latest.setdefault(who, submission)
        if other is submission:
            continue
        ours, theirs = _moment(submission.time), _moment(other.time)
        if ours is not None and theirs is not None and ours < theirs:
            replaced[id(submission)] = other
        else:
            replaced[id(other)] = latest[who] = submission
    for submission in submissions:
        if later := replaced.get(id(submission)):
            why = (
                f"listener {submission.listener} sent trial {submission.trial} again: replaced by "
                f"the record at {later.place}"
            )
            _reject(submission, why, rejected)
    return [s for s in submissions if id(s) not in replaced]


def _not_sent_twice(submissions: list[Submission], rejected: list[Rejected]) -> list[Submission]:
    sessions: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        sessions[submission.listener].append(submission)
    first: dict[frozenset[object], str] = {}
    same: dict[str, str] = {}
    for listener, own in sessions.items():
        ratings = [(s.trial, r.stimulus, str(r.score), r.seconds) for s in own for r in s.ratings]
        if len(ratings) < FEWEST_TO_RECOGNISE or any(seconds is None for *_, seconds in ratings):
            continue
        earlier = first.setdefault(frozenset(ratings), listener)
        if earlier != listener:
            same[listener] = earlier
    for submission in submissions:
        if submission.listener in same:
            why = (
                f"listener {submission.listener} has exactly the scores and times of listener "
                f"{same[submission.listener]}: one session that was sent twice"
            )
            _reject(submission, why, rejected)
    return [s for s in submissions if s.listener not in same]


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
    item, condition = submission.trial, sent.stimulus
    if key is not None:
        trial = key.trial(submission.trial)
        if trial is None:
            return f"{what}: the key has no such trial"
        item, known = trial.item, trial.stimuli
        if sent.stimulus in known:
            condition = known[sent.stimulus]
        elif submission.blind or sent.stimulus not in known.values():
            return f"{what}: the key has no such stimulus in this trial"
    score = _score(sent.score)
    if isinstance(score, str):
        return f"{what}: {score}"
    return Rating(
        submission.listener, item, condition, score, submission.trial, sent.plays, sent.seconds
    )


def _score(sent: object) -> float | str:
    """The score, or why it is none."""
    if isinstance(sent, str) and _NUMBER.fullmatch(sent.strip()):
        sent = float(sent)
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not math.isfinite(sent):
        return f"the score {sent!r} is not a number"
    if not 0 <= sent <= 100:
        return f"the score {sent:g} is outside 0-100"
    return float(sent)
