"""The leaderboard: one line per condition, means over common items with 95 % intervals.

n              items of the condition on which every metric that can be gave a value
N              items of the run
measured_kbps  payload bits of all items over their seconds; empty for an oracle
COLUMN         mean over the common items of the column: those on which every codec that
               measured it at all has a value (controls and oracles: those of them that they
               have), the mean over draws taken first
COLUMN_lo/_hi  95 % interval by bootstrap over speakers
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .statistics import cluster_bootstrap

LEADING = ("condition", "codec", "kind", "nominal_kbps", "measured_kbps", "n", "N")


def leaderboard(
    rows: pd.DataFrame,
    conditions: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    columns: Iterable[str],
) -> pd.DataFrame:
    """The table of a run.

    Args:
        rows: condition, item, draw, column, value, error.
        conditions: of the run's manifest, in the order of the lines.
        items: of the run's manifest.
        columns: metric columns in their order.
    """
    clusters = {item["id"]: item["speaker"] or item["id"] for item in items}
    table = rows.pivot_table("value", ["condition", "item"], "column", sort=False)
    lines = [_leading(rows, table, condition, len(items)) for condition in conditions]
    kinds = {condition["condition"]: condition["kind"] for condition in conditions}
    for column in columns:
        values = table[column].dropna() if column in table else pd.Series(dtype=float)
        common = _common_items(values, kinds)
        for line in lines:
            line |= _mean(column, _values_of(values, line["condition"]), common, clusters)
    return pd.DataFrame(lines)


def _leading(
    rows: pd.DataFrame, table: pd.DataFrame, condition: Mapping[str, Any], total: int
) -> dict[str, Any]:
    name = condition["condition"]
    own = rows[rows["condition"] == name]
    failed = own.loc[(own["error"] != "") & ~own["error"].str.startswith("undefined: "), "item"]
    bits, seconds = float("nan"), float("nan")
    if name in table.index.get_level_values(0) and "payload_bits" in table:
        bits, seconds = table.loc[name, ["payload_bits", "seconds"]].sum()
    return {
        "condition": name,
        "codec": condition["codec"],
        "kind": condition["kind"],
        "nominal_kbps": condition["nominal_kbps"],
        "measured_kbps": np.nan if condition["kind"] == "oracle" else bits / seconds / 1000,
        "n": own["item"].nunique() - failed.nunique(),
        "N": total,
    }


def _common_items(values: "pd.Series[float]", kinds: Mapping[str, str]) -> set[str]:
    """Items on which every codec that has any value of the column has one."""
    sets = [
        set(_values_of(values, name).index)
        for name, kind in kinds.items()
        if kind == "codec" and name in values.index.get_level_values(0)
    ]
    if sets:
        return set.intersection(*sets)
    return set(values.index.get_level_values(-1)) if len(values) else set()


def _values_of(values: "pd.Series[float]", condition: str) -> "pd.Series[float]":
    if condition not in values.index.get_level_values(0):
        return pd.Series(dtype=float)
    return values.xs(condition, level=0)


def _mean(
    column: str, values: "pd.Series[float]", common: set[str], clusters: Mapping[str, str]
) -> dict[str, float]:
    kept = values[[item in common for item in values.index]]
    if kept.empty:
        return dict.fromkeys((column, f"{column}_lo", f"{column}_hi"), float("nan"))
    bounds = cluster_bootstrap(np.asarray(kept, dtype=np.float64), [clusters[item] for item in kept.index])
    return dict(zip((column, f"{column}_lo", f"{column}_hi"), bounds, strict=True))
