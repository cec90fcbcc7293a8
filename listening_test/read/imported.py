"""What results files had: submissions as sent, what could not be read, and remarks."""

import math
from dataclasses import dataclass, field, replace

from ..schema import Rejected, Submission, visible


@dataclass
class Imported:
    """What was read so far; every reader of a format adds to it."""

    submissions: list[Submission] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def legible(self) -> "Imported":
        """The same with names and messages that can be written anywhere."""
        return Imported(
            [_legible(submission) for submission in self.submissions],
            [replace(r, source=visible(r.source), why=visible(r.why)) for r in self.rejected],
            [visible(note) for note in self.notes],
            [visible(source) for source in self.sources],
        )


def _legible(submission: Submission) -> Submission:
    return replace(
        submission,
        source=visible(submission.source),
        listener=visible(submission.listener),
        trial=visible(submission.trial),
        ratings=tuple(replace(r, stimulus=visible(r.stimulus)) for r in submission.ratings),
        test=visible(submission.test),
        record=visible(submission.record),
        participant=visible(submission.participant),
    )


def finite_number(value: object) -> float | None:
    """A finite number, or the one that a text says; None for anything else."""
    try:
        found = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def seconds_of(milliseconds: object) -> float | None:
    """Seconds of a number of milliseconds; None for anything else."""
    found = finite_number(milliseconds)
    return None if found is None else found / 1000
