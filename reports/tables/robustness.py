"""What degradations do to conditions: each against its own clean run.

The tables of a robustness run. A pair is one item of one condition, degraded and clean. Where
recordings are degraded, the degraded value is that of the decoded audio against the degraded
recording: the difference says how much worse the codec preserves what it was given. Where the
channel is, both values are against the recording itself.

`robustness.csv`
    condition, degradation, column
    n           items that have a value on both sides
    clean, degraded, difference    means over them; the difference is degraded minus clean
    low, high   95 % interval of the difference, over speakers
    p, p_holm   of the paired test, adjusted over the columns of a condition and a degradation
    verdict     "worse" or "better" where the adjusted test says so; empty where it does not
    refused     items whose damaged payload the decoder refused, as it may
    failed      items with a failure of another kind
    note        why there are no numbers

The bitrate that was measured has a line, too (`measured_kbps`), without a test: what a codec sends
while nobody speaks is that of silence or pauses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.scores import Scores
from ..columns import look, overview
from .comparisons import compare_pair

COLUMNS = (
    *("condition", "degradation", "column", "n", "clean", "degraded", "difference", "low", "high"),
    *("p", "p_holm", "verdict", "refused", "failed", "note"),
)
RATE = "measured_kbps"


@dataclass(frozen=True)
class Degraded:
    """One degradation of a robustness run.

    Attributes:
        label: of the degradation.
        run: its run; None where no condition has one.
        not_applicable: reason by condition.
    """

    label: str
    run: Run | None
    not_applicable: Mapping[str, str]


def against_clean(clean: Run, degraded: Sequence[Degraded]) -> pd.DataFrame:
    """The table of `robustness.csv`."""
    lines = [line for part in degraded for line in _part(clean, part)]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def failed_rows(run: Run) -> pd.DataFrame:
    """Failures of a run that are no refusals."""
    return run.scores.failures.drop(run.scores.refusals.index)


def markdown_tables(found: pd.DataFrame, conditions: Sequence[str]) -> dict[str, str]:
    """A Markdown table of each of the columns that show the most, by its long name.

    A cell is the degraded mean, its difference to the clean one and the interval of that; `*` where
    it is significant.
    """
    measured = list(dict.fromkeys(found["column"][found["n"] > 0]))
    columns = [*overview([c for c in measured if c != RATE]), *(c for c in measured if c == RATE)]
    labels = list(dict.fromkeys(found["degradation"]))
    made = {}
    for column in columns:
        own = found[found["column"] == column].set_index(["degradation", "condition"])
        lines = [["degradation", *conditions], [":--", *("--:" for _ in conditions)]]
        for label in labels:
            cells = [_cell(own, label, name, look(column).digits) for name in conditions]
            if any(cell != "–" for cell in cells):
                lines.append([label, *cells])
        made[look(column).title] = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return made


def notes(found: pd.DataFrame) -> list[str]:
    """A sentence on each group of pairs without numbers, and of refusals and failures."""
    said: dict[str, list[str]] = {}
    for _, line in found.drop_duplicates(["degradation", "condition"]).iterrows():
        if line["note"]:
            said.setdefault(f"{line['degradation']}: {line['note']}", []).append(line["condition"])
        for what in ("refused", "failed"):
            if line[what]:
                text = f"{line['degradation']}: {line[what]} items {what}"
                said.setdefault(text, []).append(line["condition"])
    return [f"{text} ({', '.join(conditions)})" for text, conditions in said.items()]


def _part(clean: Run, part: Degraded) -> Iterator[dict[str, object]]:
    for name in clean.scores.conditions:
        if name in part.not_applicable:
            reason = f"not applicable: {part.not_applicable[name]}"
            yield _line(name, part.label, "", note=reason)
        elif part.run:
            yield from _pair(clean.scores, part.run.scores, name, part.label)


def _pair(clean: Scores, degraded: Scores, name: str, label: str) -> Iterator[dict[str, object]]:
    """Lines of one condition under one degradation."""
    refused, failed = _troubles(degraded, name)
    both, other = _together(clean, degraded, name)
    values = {column: both.common(column, (other, name)) for column in both.directions}
    columns = [column for column, table in values.items() if table.shape == (len(table), 2)]
    columns = [column for column in columns if len(values[column])]
    if not columns:
        yield _line(name, label, "", refused=refused, failed=failed, note="no value on both sides")
        yield from _rates(both, (name, other), label)
        return
    for _, found in compare_pair(both, other, name, columns).iterrows():
        column = str(found["column"])
        means = values[column].mean()
        verdict = {other: "better", name: "worse"}.get(found["better"], "")
        numbers = {key: found[key] for key in ("n", "difference", "low", "high", "p", "p_holm")}
        yield _line(
            name,
            label,
            column,
            clean=means[name],
            degraded=means[other],
            verdict=verdict,
            refused=refused,
            failed=failed,
            **numbers,
        )
    yield from _rates(both, (name, other), label)


def _rates(both: Scores, pair: tuple[str, str], label: str) -> Iterator[dict[str, object]]:
    """The measured bitrates, clean and degraded, where a codec has some."""
    name = pair[0]
    if both.conditions[name]["kind"] == "oracle" or both.states_bitrate(name):
        return
    coded = both.common("payload_bits", pair)
    if coded.shape != (len(coded), 2) or not len(coded):
        return
    clean, degraded = (
        float(coded[one].sum() / both.of("seconds").loc[coded.index, one].sum() / 1000)
        for one in pair
    )
    means = {"clean": clean, "degraded": degraded, "difference": degraded - clean}
    yield _line(name, label, RATE, n=len(coded), low=np.nan, high=np.nan, **means)


def _together(clean: Scores, degraded: Scores, name: str) -> tuple[Scores, str]:
    """Values of a condition from both runs, and the name under which the degraded ones are."""
    other = f"{name} degraded"  # no condition's name has a space
    entry = clean.conditions[name]
    own = degraded.rows[degraded.rows["condition"] == name].assign(condition=other)
    rows = pd.concat([clean.rows[clean.rows["condition"] == name], own], ignore_index=True)
    entries = [entry, {**entry, "condition": other}]
    items = [clean.items[item] for item in degraded.items]
    directions = degraded.directions
    return Scores(rows, entries, items, directions, degraded.denominators), other


def _troubles(scores: Scores, name: str) -> tuple[int, int]:
    """Items that the decoder refused, and items with other failures."""
    own = scores.failures[scores.failures["condition"] == name]
    refused = own.index.isin(scores.refusals.index)
    return own["item"][refused].nunique(), own["item"][~refused].nunique()


def _line(condition: str, label: str, column: str, **cells: object) -> dict[str, object]:
    start = {"n": 0, "verdict": "", "refused": 0, "failed": 0, "note": ""}
    return {**start, "condition": condition, "degradation": label, "column": column, **cells}


def _cell(own: pd.DataFrame, label: str, name: str, digits: int) -> str:
    if (label, name) not in own.index:
        return "–"
    line = own.loc[[(label, name)]]
    numbers = line[["degraded", "difference", "low", "high"]].to_numpy(np.float64)
    degraded, difference, low, high = numbers[0].tolist()
    star = "*" if line["verdict"].iloc[0] else ""
    bounds = "" if np.isnan(low) else f", {low:+.{digits}f}..{high:+.{digits}f}"
    return f"{degraded:.{digits}f} ({difference:+.{digits}f}{star}{bounds})"
