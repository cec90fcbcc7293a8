"""What a question gets: a verdict, sentences, tables, and the conditions that were missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from ..columns import look
from ..wording import listed

_NAMED = 5  # metrics that a sentence names; tables have them all
YES, NO, PARTLY, UNDECIDED, UNANSWERED = "yes", "no", "partly", "undecided", "not answered"


class TextTable(NamedTuple):
    """Cells as text, rounded as in every table; a CSV file beside the page."""

    caption: str
    head: tuple[str, ...]
    lines: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Answer:
    """One answered question.

    Attributes:
        question: as a sentence.
        verdict: a few words.
        sentence: the answer in full.
        rule: what the verdict means, exactly.
        tables: what it rests on.
        missing: conditions that the question asks for and the runs lack.
    """

    question: str
    verdict: str
    sentence: str
    rule: str
    tables: tuple[TextTable, ...] = ()
    missing: tuple[str, ...] = ()


def unanswered(question: str, rule: str, missing: Sequence[str], reason: str = "") -> Answer:
    """The answer where nothing can be said: the runs lack conditions, or for another reason."""
    sentence = reason or "The runs lack what it compares."
    return Answer(question, UNANSWERED, sentence, rule, missing=tuple(missing))


def verdict(ups: Sequence[str], downs: Sequence[str]) -> str:
    """Yes where there are only gains, no where there are only losses, partly where both are."""
    if ups and downs:
        return PARTLY
    return YES if ups else NO if downs else UNDECIDED


def short_names(columns: Iterable[str]) -> str:
    """Metrics by their short names, as words of a sentence."""
    return listed([look(column).short for column in columns])


def which(columns: Sequence[str]) -> str:
    """How many metrics, and which where a sentence has room: `3 (PESQ, STOI and ESTOI)`."""
    if not columns:
        return "none"
    if len(columns) > _NAMED:
        return f"{len(columns)}"
    return f"{len(columns)} ({short_names(columns)})"


def rounded(column: str, value: float, sign: bool = False) -> str:
    """A value or a difference of a column; differences have a digit more, and a sign."""
    if pd.isna(value):
        return "–"
    digits = look(column).digits + sign
    return f"{value:{'+' if sign else ''}.{digits}f}"


def interval(column: str, low: float, high: float, sign: bool = False) -> str:
    """Bounds in brackets; a dash where there are too few speakers for them."""
    if pd.isna(low):
        return "–"
    return f"[{rounded(column, low, sign)}, {rounded(column, high, sign)}]"


def probability(p: float) -> str:
    """An adjusted p-value."""
    return "–" if pd.isna(p) else "< 0.0001" if p < 0.0001 else f"{p:.2g}"
