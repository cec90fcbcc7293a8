"""What conditions cost, where that was measured: `cost.csv` of a run, and its real-time factors.

`cost.csv` has a column `condition` and a numeric column for each cost.
"""

import pandas as pd

from ..benchmarks.rundir import RunError
from .runs import Run

_FACTORS = ("rtf_encode", "rtf_decode")


def read_costs(run: Run) -> pd.DataFrame:
    """Costs by condition; no columns where none were measured.

    Raises:
        RunError: a `cost.csv` without conditions.
    """
    names = list(run.scores.conditions)
    factors = {c: run.scores.of(c).mean() for c in _FACTORS}
    found = pd.DataFrame(factors).reindex(names).dropna(axis=1, how="all")
    for directory in run.directories:
        path = directory.root / "cost.csv"
        if not path.is_file():
            continue
        table = pd.read_csv(path)
        if "condition" not in table:
            raise RunError(f"{path}: has no column condition")
        measured = table.set_index("condition").select_dtypes("number").reindex(names)
        found = found.combine_first(measured)[[*found, *(c for c in measured if c not in found)]]
    return found
