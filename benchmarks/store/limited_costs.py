"""Costs of a run's directory as limits are held against them: numbers, reasons, the load meanwhile.

Numbers are those of `cost.csv`, reasons of its column `not_measured`, the load of `cost.json`.
"""

import os
from pathlib import Path

import pandas as pd

from .costs import FACTS, FILE, recorded_costs
from .limits import COSTS, DELAY
from .received import read_json, read_table
from .run_directory import RunError

WHOLE_SIGNAL = "the codec needs the whole signal"  # ends the reason of a delay without a number


def costs_or_reasons(root: Path) -> dict[str, dict[str, float | str]]:
    """By condition, every column that a limit may be on: a number, or why there is none.

    The algorithmic delay is the longer of both that are measured, and infinite where the codec
    needs the whole signal.

    Raises:
        RunError: the file is not of the format above.
    """
    if not os.path.lexists(root / FILE):
        return {}
    numbers = recorded_costs(root)
    table = read_table(root, root / FILE, dtype=str, keep_default_na=False)
    told = table.get("not_measured", pd.Series("", index=table.index))
    found = {}
    for condition, text in zip(table["condition"], told, strict=True):
        reasons = _reasons(text)
        known = numbers.loc[condition]
        found[str(condition)] = own = {
            column: reasons.get(column, "") if pd.isna(known.get(column)) else float(known[column])
            for column in COSTS
        }
        own[DELAY] = _delay([own[f"{way}_delay_ms"] for way in ("impulse", "cut")])
    return found


def busy(root: Path) -> dict[str, str]:
    """Conditions whose times were measured while others computed: what a limit on times is not
    failed by. By condition, in words: the load and the processors.

    Raises:
        RunError: the facts beside the table cannot be read.
    """
    path = root / FACTS
    if not os.path.lexists(path):
        return {}
    found = {}
    try:
        for condition, facts in read_json(root, path).items():
            load, cores = facts["load_average"], facts["hardware"]["cores"]
            if load > cores > 0:
                found[str(condition)] = f"measured under a load of {load:.3g} on {cores} processors"
    except (AttributeError, KeyError, OSError, TypeError) as error:
        raise RunError(f"{path}: does not say under which load times were measured") from error
    return found


def _reasons(text: str) -> dict[str, str]:
    """Why columns have no number, by column: `a, b: why; c: why`."""
    found: dict[str, str] = {}
    for part in text.split("; "):
        names, _, why = part.partition(": ")
        found |= dict.fromkeys(names.split(", "), why)
    return found


def _delay(both: list[float | str]) -> float | str:
    if any(isinstance(one, str) and one.endswith(WHOLE_SIGNAL) for one in both):
        return float("inf")
    return max((one for one in both if isinstance(one, float)), default=both[0])
