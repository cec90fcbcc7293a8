"""Does each codec keep the limits of its suite? `verdicts.csv`.

    condition, degradation, column, limit    what is judged; no degradation is clean
    significantly   "yes" where the whole interval has to lie on the allowed side
    value           mean over all items of the condition; of a cost and of a rate, the number
    low, high       its 95 % interval over speakers
    n, N            items that have a value, and items of the run
    verdict         "pass" or "fail"; "undecided" where something is not measured or failed, or
                    where an interval that counts is missing or lies on both sides
    why             in words
    clause          what the limit is from

A limit is on one condition, so the value is of all items that the condition has, also where the
leaderboard's means are over fewer, which all codecs have. Who fails on an item passes no limit on
it. Controls and oracles are not judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isinf, isnan
from pathlib import Path

import pandas as pd

from ...benchmarks.store.limits import COSTS, RATES, TIMES, Limit
from ...benchmarks.store.received import read_table
from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import Scores
from .leaderboard import mean

PASS, FAIL, UNDECIDED = "pass", "fail", "undecided"
COLUMNS = (
    *("condition", "degradation", "column", "limit", "significantly", "value", "low", "high"),
    *("n", "N", "verdict", "why", "clause"),
)
_NONE = float("nan")


@dataclass(frozen=True)
class Judged:
    """A run, clean or degraded, whose values are judged.

    Attributes:
        scores: its values; None where no condition has one.
        missing: why a condition has none, by condition.
    """

    scores: Scores | None
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    """What is known of a condition in a column; `why` says why there is no value."""

    value: float = _NONE
    low: float = _NONE
    high: float = _NONE
    n: int = 0
    total: int = 0
    why: str = ""


def judge(
    limits: Sequence[Limit],
    runs: Mapping[str, Judged],
    costs: Mapping[str, Mapping[str, float | str]],
    busy: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """A line for each limit and each codec that it is for.

    Args:
        limits: of the suite.
        runs: by the label of the degradation; the clean one is "".
        costs: numbers, or why there is none, by condition and column.
        busy: why times are too long, by condition: they pass a limit, and do not fail it.
    """
    clean = runs[""].scores
    assert clean, "the clean part has every condition"
    lines = [
        _excused(
            _line(limit, condition, runs.get(limit.degradation), costs.get(condition, {})),
            (busy or {}).get(condition, "") if limit.column in TIMES else "",
        )
        for condition in clean.of_kind("codec")
        for limit in limits
        if limit.is_for(condition)
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def read_verdicts(root: Path, path: Path) -> pd.DataFrame:
    """The table of a run's directory.

    Raises:
        RunError: it cannot be read, or is none of verdicts.
    """
    empty = {column: [""] for column in ("value", "low", "high")}
    # `why` may be a number in every line, and is text all the same
    texts = {column: str for column in COLUMNS if column not in (*empty, "n", "N")}
    try:
        table = read_table(root, path, dtype=texts, keep_default_na=False, na_values=empty)
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read: {error}") from error
    if tuple(table.columns) != COLUMNS:
        raise RunError(f"{path}: its columns are not {', '.join(COLUMNS)}")
    if not table["verdict"].isin((PASS, FAIL, UNDECIDED)).all():
        raise RunError(f"{path}: has verdicts that are none of {PASS}, {FAIL}, {UNDECIDED}")
    return table


def overall(table: pd.DataFrame) -> dict[str, str]:
    """The verdict on each condition: the worst of its lines."""
    found: dict[str, str] = {}
    for condition, own in table.groupby("condition", sort=False)["verdict"]:
        verdicts = set(own)
        found[str(condition)] = next(v for v in (FAIL, UNDECIDED, PASS) if v in verdicts)
    return found


def with_verdicts(leaderboard: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A leaderboard with the column `verdict` behind all others; empty where none is judged."""
    return leaderboard.assign(verdict=leaderboard["condition"].map(overall(table)))


def reasons(table: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Condition, verdict, and a sentence, of all limits that a condition does not pass."""
    for _, line in table[table["verdict"] != PASS].iterrows():
        under = f" under {line['degradation']}" if line["degradation"] else ""
        clause = f" ({line['clause']})" if line["clause"] else ""
        yield (
            str(line["condition"]),
            str(line["verdict"]),
            f"{line['column']}{under} {line['limit']}{clause}: {line['why']}",
        )


def _line(
    limit: Limit, condition: str, run: Judged | None, costs: Mapping[str, float | str]
) -> dict[str, object]:
    found = _cost(costs.get(limit.column, "")) if limit.column in COSTS else _look(
        limit, condition, run
    )  # fmt: skip
    verdict, why = _verdict(limit, found)
    return {
        "condition": condition,
        "degradation": limit.degradation,
        "column": limit.column,
        "limit": limit.text,
        "significantly": "yes" if limit.significantly else "",
        **{"value": found.value, "low": found.low, "high": found.high},
        **{"n": found.n, "N": found.total},
        **{"verdict": verdict, "why": why, "clause": limit.clause},
    }


def _excused(line: dict[str, object], why: str) -> dict[str, object]:
    """The line, undecided in place of failed if there is a reason for it."""
    if line["verdict"] != FAIL or not why:
        return line
    return line | {"verdict": UNDECIDED, "why": f"{line['why']}, {why}"}


def _cost(known: float | str) -> _Found:
    if isinstance(known, str):
        return _Found(why=f"not measured: {known}" if known else "not measured")
    return _Found(known)


def _look(limit: Limit, condition: str, run: Judged | None) -> _Found:
    """The value of a condition in a column of a run."""
    if run is None or run.scores is None or condition not in run.scores.conditions:
        said = run.missing.get(condition, "") if run else ""
        return _Found(why=f"not measured: {said}" if said else "not measured")
    scores, total = run.scores, len(run.scores.items)
    if limit.column in RATES:
        return _rate(scores, limit.column, condition)
    values = scores.of(limit.column)[condition].dropna()
    failures = scores.failures
    own = (failures["condition"] == condition) & (failures["column"] == limit.column)
    if failed := failures[own]["item"].nunique():
        return _Found(n=len(values), total=total, why=f"{failed} of {total} items failed")
    if not len(values):
        return _Found(total=total, why="not measured")
    value, low, high = mean(scores, limit.column, condition, values.index)
    return _Found(value, low, high, len(values), total)


def _rate(scores: Scores, column: str, condition: str) -> _Found:
    total = len(scores.items)
    if column == "nominal_kbps":
        return _Found(float(scores.conditions[condition][column]), n=total, total=total)
    if column == "measured_kbps" and scores.states_bitrate(condition):
        return _Found(total=total, why="the bitrate is only stated, no payload was measured")
    n = int(scores.of("payload_bits")[condition].notna().sum())
    value = (scores.kbps if column == "measured_kbps" else scores.entropy_kbps)(condition)
    if n < total and not isnan(value):
        return _Found(value, n=n, total=total, why=f"{total - n} of {total} items failed")
    return _Found(value, n=n, total=total, why="not measured" if isnan(value) else "")


def _verdict(limit: Limit, found: _Found) -> tuple[str, str]:
    if found.why:
        return UNDECIDED, found.why
    if isinf(found.value):
        return FAIL, "the codec needs the whole signal"
    value = f"{found.value:.5g}"
    if not limit.significantly:
        return (PASS if limit.holds(found.value) else FAIL), value
    if isnan(found.low):
        return UNDECIDED, f"{value}, too few speakers for an interval"
    value += f" [{found.low:.5g}, {found.high:.5g}]"
    sides = {limit.holds(found.low), limit.holds(found.high)}
    if len(sides) == 2:
        return UNDECIDED, f"{value}: the interval lies on both sides"
    return (PASS if sides.pop() else FAIL), value
