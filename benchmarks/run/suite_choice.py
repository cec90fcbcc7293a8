"""What of a suite's choice runs here. No network's library is loaded for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ... import metrics as all_metrics
from ...metrics import MetricError
from ...metrics.machinery.weights import COMMAND, set_to_get
from .suite_settings import SuiteError


def choose_metrics(where: str, names: Sequence[Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Those of these metrics that can measure here, and the reasons of the others.

    Raises:
        SuiteError: a name is none, or no metric can measure here.
    """
    if not all(isinstance(name, str) for name in names):
        raise SuiteError(f"{where}: metrics must be names, not {names!r}")
    chosen, lacking = [], {}
    for name in dict.fromkeys(names):
        try:
            missing = all_metrics.get(name).unavailable()
        except MetricError as error:
            raise SuiteError(f"{where}: {error}") from error
        if missing:
            lacking[name] = missing
        else:
            chosen.append(name)
    if not chosen:
        raise SuiteError(nothing(where, "metric", lacking))
    return tuple(chosen), lacking


def left_out(unavailable: Mapping[str, str]) -> list[str]:
    """A line for each reason of a suite's `unavailable`, naming all that it leaves out.

    What only lacks weights is one line together.
    """
    by_reason: dict[str, list[str]] = {}
    sets: dict[str, list[str]] = {}
    for name, why in unavailable.items():
        if wanted := set_to_get(why):
            sets.setdefault(wanted, []).append(name)
        else:
            by_reason.setdefault(why, []).append(name)
    lines = [f"left out: {', '.join(names)}: {why}" for why, names in by_reason.items()]
    if sets:
        names = ", ".join(name for lacking in sets.values() for name in lacking)
        lines.append(f"left out: {names}: need weights: {COMMAND} {' '.join(sets)}")
    return lines


def nothing(where: str, what: str, unavailable: Mapping[str, str]) -> str:
    """Says that nothing of a kind can run here, and why."""
    lines = [f"{where}: no {what} can run here", *left_out(unavailable)]
    return "\n  ".join(lines) if unavailable else f"{lines[0]}: there is none"
