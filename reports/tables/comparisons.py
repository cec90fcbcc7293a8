"""Which condition is better? Tables of paired comparisons, and ranks.

A difference is significant where two methods agree: the Holm-adjusted p-value of the signed-rank
test is under 5 %, and the 95 % interval of the mean difference leaves out 0.

The rank of a codec is 1 + the number of codecs that are significantly better. Codecs of one rank
are a group in which the data do not tell a winner; there is no order within.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.paired import Difference, compare
from ...benchmarks.store.scores import Scores

ALPHA = 0.05
COLUMNS = ("column", "a", "b", "N", *Difference._fields, "p_holm", "better")  # N: items of the run


def compare_pair(scores: Scores, a: str, b: str, columns: Sequence[str]) -> pd.DataFrame:
    """Two conditions in these columns; the family of Holm's adjustment are the columns."""
    return compare_planned(scores, [(a, b)], columns)


def compare_planned(
    scores: Scores, pairs: Sequence[tuple[str, str]], columns: Sequence[str]
) -> pd.DataFrame:
    """Pairs that a question names, in these columns; the family are all of these tests.

    In each column, all are made on the items that all conditions of the pairs have.
    """
    tables = [_pairs(scores, column, pairs) for column in columns] if pairs else []
    return _judge(scores, pd.concat(tables) if tables else _nothing())


def compare_all(scores: Scores, column: str, conditions: Sequence[str]) -> pd.DataFrame:
    """All pairs of conditions in one column; the family of Holm's adjustment are the pairs.

    All comparisons are made on the items that all these conditions have.
    """
    return _judge(scores, _pairs(scores, column, list(combinations(conditions, 2))))


def ranks(comparisons: pd.DataFrame) -> "pd.Series[int]":
    """Rank of each condition in a table of `compare_all`."""
    names = pd.unique(comparisons[["a", "b"]].to_numpy().ravel())
    loser = np.where(comparisons["better"] == comparisons["a"], comparisons["b"], comparisons["a"])
    beaten = pd.Series(loser[comparisons["better"] != ""]).value_counts()
    return 1 + beaten.reindex(names, fill_value=0)


def _pairs(scores: Scores, column: str, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    table = scores.common(column, names)
    measured = [pair for pair in pairs if set(pair) <= set(table.columns)]
    if table.empty or not measured:
        return _nothing()
    place = {name: position for position, name in enumerate(table.columns)}
    found = compare(
        table.to_numpy(np.float64),
        [(place[a], place[b]) for a, b in measured],
        scores.clusters_of(table.index),
        weights=scores.weights(column).loc[table.index, table.columns].to_numpy(np.float64),
    )
    total = len(scores.items)
    lines = [(column, a, b, total, *entry) for (a, b), entry in zip(measured, found, strict=True)]
    return pd.DataFrame(lines, columns=list(COLUMNS[:-2]))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS[:-2]))


def _judge(scores: Scores, table: pd.DataFrame) -> pd.DataFrame:
    """Add the adjusted p-values, and the name of the condition that is significantly better."""
    table = table.reset_index(drop=True)
    table["p_holm"] = holm(table["p"].to_numpy(np.float64))
    gain = table["difference"] * table["column"].map(scores.sign).astype(float)
    apart = (table["low"] > 0) | (table["high"] < 0)
    significant = (table["p_holm"] < ALPHA) & apart & (gain != 0)
    winner = np.where(gain > 0, table["a"], table["b"])
    table["better"] = np.where(significant, winner, "")
    return table
