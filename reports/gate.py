"""A gate for the development of a codec: is a condition of the new run worse than in the old?

A condition is worse in a column where the 95 % interval of the paired mean difference, on the
items of both runs, lies on the worse side; where it has no value on an item that the old run
measured; or where the new run lacks it. What did not change differs by exactly 0, so that
untouched conditions never raise an alarm; each touched one does so wrongly in 2.5 % of all runs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .. import metrics
from ..benchmarks.rundir import RunError
from .runs import Run
from .scores import Scores
from .statistics import FEWEST_CLUSTERS, compare


class Verdict(NamedTuple):
    """One condition in one column: the sentence, and whether the gate closes."""

    text: str
    worse: bool


def resolve(run: Run, wanted: Sequence[str]) -> list[str]:
    """Columns of metrics or columns by name.

    Raises:
        RunError: the run has none of that name, or it does not say what is better.
    """
    names = [entry["metric"] for manifest in run.manifests for entry in manifest["metrics"]]
    scores, columns = run.scores, []
    for name in wanted:
        of_metric = metrics.get(name).columns if name in names else {name: ""}
        found = [c for c in of_metric if c in scores.directions and scores.sign(c)]
        if not found:
            ranked = [c for c in scores.directions if scores.sign(c)]
            raise RunError(
                f"no metric or column of the run is called {name!r} and says what is better; "
                f"there are: {', '.join([*names, *ranked])}"
            )
        columns += found
    return list(dict.fromkeys(columns))


def judge(new: Scores, old: Scores, columns: Sequence[str]) -> list[Verdict]:
    """A verdict for every condition of the old run in every column.

    Raises:
        RunError: too few speakers are in both runs to be sure of anything.
    """
    items = [item for item in old.items if item in new.items]
    speakers = len(set(old.clusters_of(items)))
    if speakers < FEWEST_CLUSTERS:
        raise RunError(
            f"{speakers} speakers are in both runs; a gate needs {FEWEST_CLUSTERS} to be sure"
        )
    verdicts = []
    for condition in old.conditions:
        if condition not in new.conditions:
            verdicts.append(Verdict(f"WORSE {condition}: is not in the new run", True))
            continue
        for column in columns:
            before = old.of(column).loc[items, condition].dropna()
            after = new.of(column).loc[before.index, condition]
            verdicts.append(_judge(old, condition, column, before, after))
    return verdicts


def _judge(
    scores: Scores,
    condition: str,
    column: str,
    before: "pd.Series[float]",
    after: "pd.Series[float]",
) -> Verdict:
    name = f"{condition} {column}"
    missing = int(after.isna().sum())
    if missing:
        return Verdict(
            f"WORSE {name}: no value on {missing} of {len(before)} items that had one", True
        )
    if before.empty:
        return Verdict(f"      {name}: was not measured before", False)
    pair = np.stack([after, before], axis=1).astype(np.float64)
    (found,) = compare(pair, [(0, 1)], scores.clusters_of(before.index))
    worst_side = found.high if scores.sign(column) > 0 else -found.low
    worse = bool(worst_side < 0)
    return Verdict(
        f"{'WORSE' if worse else '     '} {name}: {found.difference:+.4g} "
        f"[{found.low:+.4g}, {found.high:+.4g}] on {found.n} items",
        worse,
    )
