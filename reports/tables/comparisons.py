"""Which condition is better? Tables of paired comparisons, and ranks.

A difference is significant where the p-value of its test (see `statistics.paired`), adjusted by
Holm over the family of what was asked, is under 5 %. Beside it stands what the question could show
at all: `least`, the smallest adjusted p-value that the test can reach with these speakers, and
`detectable`, the smallest true difference that the adjusted test finds in 80 % of all tries.

The rank of a codec is 1 + the number of codecs that are significantly better. Codecs of one rank
are a group in which the data do not tell a winner; there is no order within. A column in which no
test can reach 5 % has no ranks.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from ...benchmarks.statistics.bootstrap import FEWEST_CLUSTERS
from ...benchmarks.statistics.holm import holm
from ...benchmarks.statistics.paired import (
    NONE,
    Difference,
    compare,
    detectable,
)
from ...benchmarks.statistics.sign_flip import fewest_differences
from ...benchmarks.store.scores import Scores

ALPHA = 0.05
_MEASURED = ("column", "a", "b", "N", *Difference._fields)  # N: items of the run
COLUMNS = (*_MEASURED, "p_holm", "detectable", "better")


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


def hopeless(table: pd.DataFrame) -> str:
    """Why no test of a family can be significant, whatever the values; "" where one can."""
    if table.empty or table["least"].min() < ALPHA:
        return ""
    speakers, tests = int(table["speakers"].max()), int((table["test"] != NONE).sum())
    if speakers < FEWEST_CLUSTERS:
        return f"{speakers} speakers are too few for a test: {FEWEST_CLUSTERS} are needed"
    if not tests:
        return "there is no difference at all"
    needed = fewest_differences(ALPHA / tests)
    remedy = f"{needed} are needed whose differences are not zero" if needed else "ask for fewer"
    return (
        f"{speakers} speakers, of whom some differ by nothing or alike, cannot reach 5 % in "
        f"{tests} tests: the smallest p is {table['least'].min():.2g} after Holm; {remedy}"
    )


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
    return pd.DataFrame(lines, columns=list(_MEASURED))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(_MEASURED))


def _judge(scores: Scores, table: pd.DataFrame) -> pd.DataFrame:
    """Add what the family makes of the tests, and the name of what is significantly better."""
    table = table.reset_index(drop=True)
    family = max(1, len(table))
    table["p_holm"] = holm(table["p"].to_numpy(np.float64))
    table["least"] = holm(table["least"].to_numpy(np.float64))
    error, speakers = (table[name].to_numpy(np.float64) for name in ("error", "speakers"))
    smallest = detectable(error, speakers, ALPHA / family)
    table["detectable"] = np.where(table["least"] < ALPHA, smallest, np.nan)
    gain = table["difference"] * table["column"].map(scores.sign).astype(float)
    significant = (table["p_holm"] < ALPHA) & (gain != 0)
    winner = np.where(gain > 0, table["a"], table["b"])
    table["better"] = np.where(significant, winner, "")
    return table
