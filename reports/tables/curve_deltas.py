"""Bjøntegaard deltas of the curves of a run: the files `bd.csv`, and what `compare` prints."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...benchmarks.store.scores import Scores, curve_of
from .bd_rate import Delta, Points, intervals

FEWEST_POINTS = 4
COLUMNS = (
    *("column", "anchor", "test", "n", "N"),
    *("bd_rate", "bd_rate_lo", "bd_rate_hi", "bd_rate_refused"),
    *("bd_quality", "bd_quality_lo", "bd_quality_hi", "bd_quality_refused"),
)
_RATE = ("payload_bits", "seconds")


def curves(scores: Scores) -> dict[str, list[str]]:
    """Conditions of every codec's curve, by its name, in the order of their measured bitrates.

    A bitrate that is only stated makes no curve, nor does one of 0: it has no logarithm.
    """
    found: dict[str, list[str]] = {}
    measured = [name for name in scores.of_kind("codec") if not scores.states_bitrate(name)]
    for name in sorted((n for n in measured if scores.kbps(n) > 0), key=scores.kbps):
        found.setdefault(curve_of(name, scores.conditions[name]["codec"]), []).append(name)
    return found


def compare_curves(scores: Scores, columns: Sequence[str], anchor: str) -> pd.DataFrame:
    """Deltas of every curve against the anchor, in each column that ranks."""
    points = curves(scores)
    lines = []
    for column in columns:
        for test in points:
            if test != anchor:
                lines.append(_line(scores, column, points, anchor, test))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _line(
    scores: Scores, column: str, points: dict[str, list[str]], anchor: str, test: str
) -> tuple[object, ...]:
    n, rate, quality = deltas(scores, column, (anchor, points[anchor]), (test, points[test]))
    return (column, anchor, test, n, len(scores.items), *rate, *quality)


def deltas(
    scores: Scores, column: str, anchor: tuple[str, list[str]], test: tuple[str, list[str]]
) -> tuple[int, Delta, Delta]:
    """Items, BD-rate and BD-quality of the curve `test` (name, conditions) against `anchor`."""
    names = [*anchor[1], *test[1]]
    values = scores.common(column, names)
    lost = [name for name in names if name not in values]
    for name, conditions in (anchor, test):
        if len(conditions) < FEWEST_POINTS:
            refusal = f"{name} has {len(conditions)} points, {FEWEST_POINTS} are needed"
            return len(values), Delta(refused=refusal), Delta(refused=refusal)
    if lost or values.empty:
        refusal = f"no values of {', '.join(lost)}" if lost else "no common items"
        return len(values), Delta(refused=refusal), Delta(refused=refusal)
    sign = scores.sign(column)
    bits, seconds = (scores.of(c).loc[values.index, names].to_numpy(np.float64) for c in _RATE)
    if silent := [n for n, sent in zip(names, bits.sum(axis=0) > 0, strict=True) if not sent]:
        refusal = f"{', '.join(silent)} sends nothing for the common items"
        return len(values), Delta(refused=refusal), Delta(refused=refusal)
    points = Points(
        bits,
        seconds,
        sign * values[names].to_numpy(np.float64),
        scores.weights(column).loc[values.index, names].to_numpy(np.float64),
    )
    clusters = scores.clusters_of(values.index)
    rate, gain = intervals(points, clusters, (anchor[0], test[0]), len(anchor[1]))
    if sign < 0:
        gain = Delta(-gain.value, -gain.high, -gain.low, gain.refused)
    return len(values), rate, gain
