"""The first lines of a comparison: who leads each column, what is undecided, what to beware of."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from ...benchmarks.statistics.unequal import balance
from ...benchmarks.store.scores import Scores
from ..columns import look
from ..wording import listed
from .comparisons import hopeless, ranks

NO_RANKS = "no ranks"
_NAMED = 3  # of those who share the first rank
HEAD = ("column", "leads", "pairs decided", "n/N")


def summary(comparisons: Mapping[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    """A line for each column under `HEAD`: who has the first rank, and how many pairs are decided.

    Args:
        comparisons: all pairs of codecs by column.
    """
    return [_line(column, pairs) for column, pairs in comparisons.items()]


def _line(column: str, pairs: pd.DataFrame) -> tuple[str, ...]:
    decided = f"{int((pairs['better'] != '').sum())}/{len(pairs)}"
    items = f"{pairs['n'].iloc[0]}/{pairs['N'].iloc[0]}"
    if hopeless(pairs):
        return look(column).short, NO_RANKS, decided, items
    found = ranks(pairs)
    first = [str(name) for name in found.index[found == 1]]
    if len(first) == len(found):
        return look(column).short, "nobody: no codec is told from another", decided, items
    more = f" and {len(first) - _NAMED} more" if len(first) > _NAMED else ""
    return look(column).short, ", ".join(first[:_NAMED]) + more, decided, items


def cautions(scores: Scores, families: Iterable[pd.DataFrame]) -> list[str]:
    """What to know before ranks and intervals are read: a sentence for each reason.

    Args:
        scores: of a run.
        families: of tests on them; without any, the means of its codecs alone are looked at.
    """
    hopes, carried = {}, {}
    for table in families:
        names = pd.unique(table[["a", "b"]].to_numpy().ravel())
        for column in map(str, table["column"].unique()):
            hopes[column] = hopeless(table)
            carried[column] = _carried(scores, column, names)
    if not carried:
        codecs = scores.of_kind("codec")
        carried = {column: _carried(scores, column, codecs) for column in scores.ranked}
    return [
        *(f"{NO_RANKS} and no winner in {names}: {reason}" for reason, names in _grouped(hopes)),
        *(f"{reason} (means of {names})" for reason, names in _grouped(carried)),
    ]


def _carried(scores: Scores, column: str, conditions: Iterable[str]) -> str:
    """Who carries the means of a column, if one speaker does."""
    values = scores.common(column, conditions)
    if values.empty:
        return ""
    weights = scores.weights(column).loc[values.index, values.columns[0]].to_numpy(np.float64)
    if not weights.sum() > 0:
        return ""
    found = balance(scores.clusters_of(values.index), weights)
    return f"one speaker carries the mean: {found}" if found.heavy else ""


def _grouped(reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Reasons, each with the columns that it is true of; "" is none."""
    for reason in dict.fromkeys(filter(None, reasons.values())):
        alike = [look(column).short for column, other in reasons.items() if other == reason]
        yield reason, "all columns" if len(alike) == len(reasons) > 1 else listed(alike)
