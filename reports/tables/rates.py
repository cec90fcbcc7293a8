"""Bitrates: whether a codec keeps the one that it states, and which codecs have the same."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...benchmarks.store.scores import records

TOLERANCE = 1.25  # ratio of measured and stated: short items and variable rates stay below


def misstated(kind: str, nominal: float | None, measured: float | None) -> bool:
    """Does a condition of this kind, in kbit/s, state another bitrate than was measured?

    False where there is nothing to compare: oracles, controls, rates that are only stated.
    """
    if kind != "codec" or not nominal or not measured or measured != measured:
        return False
    return max(measured / nominal, nominal / measured) > TOLERANCE


EQUAL = 1.1  # ratio of bitrates that readers take for one
SEVERAL = 4  # codecs that would lie on one another


def rate(line: Mapping[str, Any]) -> float:
    """The bitrate of a leaderboard's line in kbit/s, measured or, where it is only stated, that."""
    measured = line["measured_kbps"]
    return float(line["nominal_kbps"] if pd.isna(measured) else measured)


def equal_rates(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The codecs of a leaderboard that have one bitrate with others, from the lowest rate.

    A group has several codecs, not one codec's settings alone; each line has its `kbps`.
    """
    codecs = table[table["kind"] == "codec"]
    codecs = codecs.assign(kbps=[rate(line) for line in records(codecs)])
    codecs = codecs[codecs["kbps"] > 0].sort_values("kbps", kind="stable")
    groups: list[pd.DataFrame] = []
    left = codecs
    while len(left):
        alike = left["kbps"] <= EQUAL * left["kbps"].iloc[0]
        group, left = left[alike], left[~alike]
        if group["codec"].nunique() >= SEVERAL:
            groups.append(group)
    return groups
