"""Variance of a stochastic decoder's draws, apart from the variance of items.

One-way random-effects analysis of variance over items (Searle, Casella & McCulloch, "Variance
Components", 1992, chapter 3), by the mean squares of n items with D draws each:

seed_sd   root of the mean square within items: spread of decodings of the same bytes
item_sd   root of (mean square between items - within) / D, at least 0: spread of items, without
          what the draws add to it
mean_sd   seed_sd / root(n D): what the choice of seeds adds to the condition's mean
worst     mean over items of the worst draw
best      mean over items of the best draw
"""

import numpy as np
import pandas as pd

from ...benchmarks.store.scores import Scores

COLUMNS = (
    *("condition", "column", "N", "n", "draws"),
    *("seed_sd", "item_sd", "mean_sd", "worst", "best"),
)


def seed_variance(scores: Scores) -> pd.DataFrame:
    """One line for each condition with several draws and each column that ranks."""
    rows = scores.rows
    stochastic = rows.loc[rows["draw"] > 0, "condition"].unique()
    measured = rows[rows["condition"].isin(stochastic)].dropna(subset="value")
    lines = []
    for column in scores.ranked:
        of_column = measured[measured["column"] == column]
        for condition, part in of_column.groupby("condition", sort=False):
            table = part.pivot(index="item", columns="draw", values="value").dropna()
            if table.shape[0] > 1 and table.shape[1] > 1:
                values = table.to_numpy(np.float64)
                found = _components(values, scores.sign(column))
                lines.append((condition, column, len(scores.items), *found))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _components(values: np.ndarray, sign: int) -> tuple[float, ...]:
    """n, draws, seed_sd, item_sd, mean_sd, worst and best of values [n, draws]."""
    items, draws = values.shape
    within = float(values.var(axis=1, ddof=1).mean())
    between = draws * float(values.mean(axis=1).var(ddof=1))
    ordered = sign * np.sort(sign * values, axis=1)
    return (
        items,
        draws,
        within**0.5,
        max(0.0, (between - within) / draws) ** 0.5,
        (within / values.size) ** 0.5,
        float(ordered[:, 0].mean()),
        float(ordered[:, -1].mean()),
    )
