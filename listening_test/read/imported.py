"""What results files had: submissions as sent, what could not be read, and remarks."""

import math
from dataclasses import dataclass, field

from ..schema import Rejected, Submission


@dataclass
class Imported:
    """What was read so far; every reader of a format adds to it."""

    submissions: list[Submission] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


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
