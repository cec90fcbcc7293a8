"""How large is the spread over decoder seeds against the difference between neighbouring cells?"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...benchmarks.store.scores import Scores, records
from ..columns import look
from ..tables.seeds import seed_variance
from .answers import Answer, TextTable, rounded, unanswered
from .cells import NINE, at

QUESTION = (
    "How large is the spread over decoder seeds against the difference between neighbouring cells?"
)
RULE = (
    "Neighbours follow each other in the order of their means over all draws. The seeds' reach is "
    "1.96 standard deviations of what the choice of seeds, one draw an item, adds to the "
    "difference of two means: 1.96 √((a² + b²) / n) for the deviations a and b within an item. A "
    "pair is within it where its difference is smaller: another seed alone may turn it. Turned: "
    "one draw of all items orders them the other way."
)
HEAD = (
    *("metric", "cells", "draws", "n", "smallest difference", "median difference"),
    *("largest reach of the seeds", "pairs within it", "pairs turned"),
)


class Neighbours(NamedTuple):
    """Of one metric: counts of pairs, and what the table shows.

    Attributes:
        pairs: neighbouring pairs.
        within: of them, within the seeds' reach.
        turned: of them, in the other order in some draw.
        ratio: median difference over the largest reach.
        cells: of the table's line.
    """

    pairs: int
    within: int
    turned: int
    ratio: float
    cells: tuple[str, ...]


def seed_spread(scores: Scores, kbps: float) -> Answer:
    """Neighbouring cells against the draws of each.

    Args:
        scores: of the runs, with all draws.
        kbps: bitrate of the cells.
    """
    variance = seed_variance(scores)
    wanted = at(NINE, kbps)
    drawn = set(variance["condition"])
    cells = [cell for cell in wanted if cell in drawn]
    missing = tuple(f"{cell} with several draws" for cell in wanted if cell not in drawn)
    if len(cells) < 2:
        return unanswered(QUESTION, RULE, missing)
    own = variance[variance["condition"].isin(cells)]
    columns = [c for c in scores.ranked if c not in scores.denominators]
    found = [line for c in columns if (line := _neighbours(scores, own, c, cells)) is not None]
    if not found:
        return unanswered(QUESTION, RULE, missing, "No metric has values of two cells.")
    pairs, within, turned = (sum(counts) for counts in list(zip(*found, strict=True))[:3])
    spread = sorted(line.ratio for line in found)
    sentence = (
        f"Of {pairs} pairs of neighbours ({len(cells)} cells, {len(found)} metrics), {within} are "
        f"within the seeds' reach, and the order of {turned} turns in some draw. The median "
        f"difference of neighbours is {spread[0]:.2g} to {spread[-1]:.2g} times the largest reach, "
        f"by metric."
    )
    lines = [line.cells for line in found]
    tables = (TextTable("Neighbours", HEAD, lines), _variances(own))
    found_verdict = f"{within} of {pairs} neighbouring pairs within the seeds' reach"
    return Answer(QUESTION, found_verdict, sentence, RULE, tables, missing)


def _neighbours(
    scores: Scores, variance: pd.DataFrame, column: str, cells: list[str]
) -> Neighbours | None:
    """What the neighbours of a metric are like; None under two cells with values."""
    rows = scores.rows[(scores.rows["column"] == column) & scores.rows["condition"].isin(cells)]
    wide = rows.pivot(index="item", columns=["condition", "draw"], values="value")
    wide = wide.dropna(axis=1, how="all").dropna()
    own = variance[variance["column"] == column].set_index("condition")
    means = wide.mean().unstack("draw").reindex(own.index).dropna()
    if len(means) < 2 or wide.empty:
        return None
    means = means.loc[means.mean(axis=1).sort_values().index]
    deviations = own.loc[means.index, "seed_sd"].to_numpy(np.float64)
    differences = np.diff(means.mean(axis=1))
    reach = 1.96 * np.sqrt((deviations[:-1] ** 2 + deviations[1:] ** 2) / len(wide))
    turned = (np.diff(means.to_numpy(np.float64), axis=0) < 0).any(axis=1)
    within = int((differences < reach).sum())
    shown = (differences.min(), np.median(differences), reach.max())
    counts = (str(len(means)), str(means.shape[1]), str(len(wide)))
    return Neighbours(
        len(differences),
        within,
        int(turned.sum()),
        float(np.median(differences) / reach.max()) if reach.max() else float("inf"),
        (
            look(column).short,
            *counts,
            *(rounded(column, value, sign=True).lstrip("+") for value in shown),
            f"{within}/{len(differences)}",
            f"{turned.sum()}/{len(differences)}",
        ),
    )


def _variances(variance: pd.DataFrame) -> TextTable:
    head = ("condition", "metric", "n/N", "draws", "seed_sd", "item_sd", "mean_sd", "worst", "best")
    lines = [
        (
            line["condition"],
            look(line["column"]).short,
            f"{line['n']}/{line['N']}",
            str(line["draws"]),
            *(f"{line[key]:.3g}" for key in head[4:]),
        )
        for line in records(variance)
    ]
    caption = "Spread of decodes of the same bytes (seed_sd) and of items (item_sd)"
    return TextTable(caption, head, lines)
