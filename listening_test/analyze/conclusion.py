"""What an analysis of votes found, in the form in which every test's page and tables take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from ...benchmarks.statistics.intervals import Interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALPHA = 0.05


@dataclass(frozen=True)
class Column:
    """How a table shows a field of its records: head, and digits of numbers; "p" for p values."""

    field: str
    head: str
    digits: int | str = 0


_HEADS = {
    "interval": "95 % interval",
    "p": "p",
    "p_holm": "p (Holm)",
    "p_equivalent_holm": "p (equivalence, Holm)",
}


def columns(*names: str | Column, digits: int = 0, **heads: str) -> tuple[Column, ...]:
    """Columns of these fields; a head that is not given is the field's name.

    Args:
        names: fields in the order shown, or columns that have digits of their own.
        digits: of all numbers but p values.
        heads: of fields whose name is not what they are called here.
    """
    return tuple(
        name
        if isinstance(name, Column)
        else Column(
            name,
            heads.get(name) or _HEADS.get(name) or name.replace("_", " ").capitalize(),
            "p" if name.startswith("p_") or name == "p" else digits,
        )
        for name in names
    )


@dataclass(frozen=True)
class Table:
    """Records of one kind.

    Attributes:
        name: of its CSV file, without the ending.
        title: of its section on the page.
        caption: what its numbers are.
        columns: those that the page shows; the CSV file has every field.
        records: dataclasses.
        sure: field of a p value; rows where it is at most 0.05 are marked.
    """

    name: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    records: tuple[Any, ...]
    sure: str = ""

    def marks(self, record: Any) -> bool:
        """Is this record's row marked?"""
        return bool(self.sure) and is_sure(getattr(record, self.sure))


@dataclass(frozen=True)
class Conclusion:
    """One analysis, of all listeners or of those that count.

    Attributes:
        tables: in the order of the page.
        sentences: what they say, in words; notes first.
        scale: name of what `points` are in.
        points: each condition's place on the test's scale, with its interval.
        verdicts: of each pair that is decided, who is better.
    """

    tables: tuple[Table, ...]
    sentences: tuple[str, ...]
    scale: str
    points: Mapping[str, tuple[float, Interval | None]] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """A figure with the name of its file and its caption."""

    name: str
    caption: str
    figure: Figure


def is_sure(p: float | None) -> TypeGuard[float]:
    """Does this p value decide? One that was not computed does not."""
    return p is not None and p <= ALPHA


def sentence_of(note: str) -> str:
    """A note as a sentence."""
    return f"{note[0].upper()}{note[1:]}."


def bracket(interval: Interval | None, digits: int = 2, scale: float = 1.0) -> str:
    """An interval behind a number in a sentence; nothing where there is none."""
    if interval is None:
        return ""
    return f" [{scale * interval.low:z.{digits}f}, {scale * interval.high:z.{digits}f}]"


def change_sentences(before: Conclusion, after: Conclusion) -> list[str]:
    """What post-screening changes in the verdicts on pairs."""
    lines = []
    for pair in sorted(before.verdicts.keys() | after.verdicts.keys()):
        was, now = before.verdicts.get(pair), after.verdicts.get(pair)
        if was == now:
            continue
        names = " and ".join(pair)
        if now is None:
            lines.append(f"After screening, {names} are no longer shown to differ.")
        elif was is None:
            lines.append(f"After screening, {names} are only now shown to differ.")
        else:
            lines.append(f"After screening, {now} is better than the other of {names}, not {was}.")
    return lines
