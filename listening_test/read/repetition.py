"""One act of listening counts once, however often it was sent, copied, or saved on its way.

The rules, in their order:
    record      a record that was read before is taken once (a retried or copied post). Where one id
                has different ratings, both records are kept, with a note of the conflict, and
                `validation` decides rating by rating, so that a torn copy costs a whole one nothing
    draft       the state of a trial that the listener did not finish is not analysed: what was not
                compared with all else was not rated as the others are. The last draft is named,
                earlier ones and those of trials that were finished later are counted
    replaced    a later record of the same listener and trial replaces the earlier one; later by
                its time where both have one, otherwise by the order of reading
    twice       a session whose trials, scores and measured times all equal another's is that one,
                sent again: pymushra makes a new listener id for every post. Listeners with names,
                as in long tables, are never taken for each other
"""

from collections import defaultdict
from datetime import UTC, datetime

from ..schema import Rejected, Submission, score_of

FEWEST_TO_RECOGNISE = 5  # equal scores and times: fewer could be chance


def without_repetition(
    submissions: list[Submission], rejected: list[Rejected], notes: list[str]
) -> list[Submission]:
    """The submissions that count, by the rules above; a word is added for every other one."""
    kept = _once(submissions, rejected, notes)
    kept = _finished(kept, rejected, notes)
    kept = _latest(kept, rejected)
    return _not_sent_twice(kept, rejected)


def _once(
    submissions: list[Submission], rejected: list[Rejected], notes: list[str]
) -> list[Submission]:
    first: dict[str, list[Submission]] = defaultdict(list)
    kept = []
    for submission in submissions:
        earlier = first[submission.record] if submission.record else []
        same = next((other for other in earlier if _content(other) == _content(submission)), None)
        if same is not None:
            why = f"record {submission.record} was already read at {same.place}: taken once"
            rejected.append(submission.rejected(why))
            continue
        if earlier:
            notes.append(
                f"conflict: record {submission.record} has different ratings at {earlier[0].place} "
                f"and {submission.place}; both are kept, and where they differ the later counts"
            )
        earlier.append(submission)
        kept.append(submission)
    return kept


def _content(submission: Submission) -> object:
    """What makes two records of one id the same: scores as numbers, whatever their type."""
    ratings = [(r.stimulus, str(score_of(r.score))) for r in submission.ratings]
    return submission.test, submission.complete, submission.trial, sorted(ratings)


def _finished(
    submissions: list[Submission], rejected: list[Rejected], notes: list[str]
) -> list[Submission]:
    finished = {(s.listener, s.trial) for s in submissions if s.complete}
    last: dict[tuple[str, str], Submission] = {}
    drafts = [s for s in submissions if not s.complete]
    for draft in drafts:
        other = last.setdefault((draft.listener, draft.trial), draft)
        if not _is_earlier(draft, other):
            last[draft.listener, draft.trial] = draft
    left = [draft for who, draft in last.items() if who not in finished]
    for draft in left:
        rated = sum(r.score is not None for r in draft.ratings)
        why = (
            f"listener {draft.listener} has not finished trial {draft.trial}: {rated} of "
            f"{len(draft.ratings)} stimuli rated; an incomplete trial is not analysed"
        )
        rejected.append(Rejected(draft.source, draft.line, why, rated))
    if older := len(drafts) - len(left):
        notes.append(f"{older} drafts are left out: their trials went on, or were finished")
    return [s for s in submissions if s.complete]


def _is_earlier(one: Submission, other: Submission) -> bool:
    """By the times where both have one; otherwise the order of reading decides, and this is no."""
    ours, theirs = _moment(one.time), _moment(other.time)
    return ours is not None and theirs is not None and ours < theirs


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
        if other is submission or other.record == submission.record:
            continue
        if _is_earlier(submission, other):
            replaced[id(submission)] = other
        else:
            replaced[id(other)] = latest[who] = submission
    for submission in submissions:
        if later := replaced.get(id(submission)):
            why = (
                f"listener {submission.listener} sent trial {submission.trial} again: replaced by "
                f"the record at {later.place}"
            )
            rejected.append(submission.rejected(why))
    return [s for s in submissions if id(s) not in replaced]


def _not_sent_twice(submissions: list[Submission], rejected: list[Rejected]) -> list[Submission]:
    sessions: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        if submission.anonymous:
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
            rejected.append(submission.rejected(why))
    return [s for s in submissions if s.listener not in same]
