"""What a comparison of metrics and listeners says, in plain words."""

from collections.abc import Sequence

from ...benchmarks.statistics.coefficients import KINDS
from ...benchmarks.statistics.intervals import Interval
from .agreement import CONDITIONS, ITEMS, ColumnValidity
from .compared import Compared

FEW_CONDITIONS = 20  # below it, intervals over conditions are wide, and it is said
_SHOWN_NAMES = 8


def compared_sentences(compared: Compared) -> list[str]:
    """What stands opposite what, and what that allows."""
    opinions = compared.opinions
    votes = _count(len(opinions.score), "score")
    who = (
        f"of {_count(len(opinions.listeners), 'listener')}"
        if opinions.listeners
        else "of listeners who are not named"
    )
    clips = f" on {_count(len(opinions.items), 'recording')}" if opinions.items else ""
    lines = [
        f"{_count(len(compared.conditions), 'condition')} are in both run and ratings: "
        f"{', '.join(compared.conditions)}.",
        f"The ratings ({opinions.test.upper()}) have {votes} {who}{clips} for them.",
    ]
    if compared.shared:
        lines.append(
            f"Run and ratings have {_count(len(compared.items), 'recording')} in common: "
            "conditions and single items are compared, on these recordings."
        )
    else:
        lines.append(
            f"Run and ratings have no recording in common: the run measured "
            f"{_count(len(compared.items), 'other recording')} of its own, so that only conditions "
            "are compared, and items are not."
        )
    if len(compared.conditions) < FEW_CONDITIONS:
        lines.append(
            f"{len(compared.conditions)} conditions are few: intervals over conditions are wide, "
            "and most metrics are not shown to differ from one another."
        )
    return lines + _left_out(compared) + [f"{note}." for note in opinions.notes]


def column_sentences(columns: Sequence[ColumnValidity]) -> list[str]:
    """A sentence for each metric with a better end, best first."""
    return [_column(column) for column in ordered(columns) if column.direction != "none"]


def strength(column: ColumnValidity) -> float:
    """Spearman's rho of conditions in the metric's own direction; -2 where there is none."""
    level = column.level(CONDITIONS)
    value = level.coefficients["spearman"].value if level else None
    if value is None:
        return -2.0
    return {"higher": value, "lower": -value, "none": abs(value)}[column.direction]


def ordered(columns: Sequence[ColumnValidity]) -> list[ColumnValidity]:
    """Best first; those without a better end last."""
    return sorted(columns, key=lambda c: (c.direction == "none", -strength(c), len(c.reversals)))


def interval_words(interval: Interval | None) -> str:
    """An interval in brackets; "no interval" where there is none."""
    return f"[{interval.low:.2f}, {interval.high:.2f}]" if interval else "no interval"


def _column(column: ColumnValidity) -> str:
    level = column.level(CONDITIONS)
    rho = level.coefficients["spearman"] if level else None
    if level is None or rho is None or rho.value is None:
        return f"{column.column}: no correlation exists over these conditions."
    text = (
        f"{column.column}: Spearman's rho = {rho.value:.2f} over "
        f"{_count(level.points, 'condition')}, {interval_words(rho.over_conditions)} for other "
        f"conditions like these, {interval_words(rho.over_items)} for these conditions and other "
        "items"
    )
    items = column.level(ITEMS)
    if items and (each := items.coefficients["spearman"]).value is not None:
        text += (
            f"; {each.value:.2f} {interval_words(each.over_conditions)} over "
            f"{_count(items.points, 'item', 'items')} of conditions"
        )
    if column.pairs:
        text += f"; it orders {len(column.reversals)} of {column.pairs} pairs against the listeners"
        if sure := [pair for pair in column.reversals if pair.sure]:
            names = ", ".join(f"{pair.preferred} over {pair.other}" for pair in sure)
            text += f", {len(sure)} of them though both differences are shown: {names}"
    return f"{text}."


def _left_out(compared: Compared) -> list[str]:
    lines = []
    if compared.unmeasured:
        lines.append(f"Rated, but not compared: {_names(compared.unmeasured)}.")
    if compared.unrated:
        lines.append(f"Measured, but not rated: {_names(compared.unrated)}.")
    return lines


def _names(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def table_text(columns: Sequence[ColumnValidity], name: str) -> str:
    """Coefficients of one level, a line a column, for a terminal."""
    shown = [c for c in ordered(columns) if c.direction != "none" and c.level(name)]
    width = max((len(c.column) for c in shown), default=0)
    lines = []
    for column in shown:
        level = column.level(name)
        assert level is not None
        found = [level.coefficients[kind] for kind in KINDS]
        cells = "  ".join(
            f"{'-' if c.value is None else f'{c.value:5.2f}':>5} "
            f"{interval_words(c.over_conditions) if c.value is not None else '':<14}"
            for c in found
        )
        lines.append(
            f"  {column.column.ljust(width)}  {cells}  {len(column.reversals):3d}".rstrip()
        )
    return "\n".join(lines)
