"""Correlation coefficients of many samples at once, over the points that both sides have."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .gaps import Array, mean_of_known

KINDS = ("pearson", "spearman", "kendall")
_PAIRS_AT_ONCE = 4_000_000
_MOST_POINTS = 250  # whose pairs are looked at one by one; of more, scipy sorts each row


def coefficient(kind: str, x: Array, y: Array) -> Array:
    """Row-wise correlation [draws] of x and y [draws, points], over points that both rows have.

    NaN where fewer than 3 points are left, or one side does not vary.

    Args:
        kind: one of `KINDS`.
    """
    present = np.isfinite(x) & np.isfinite(y)
    if kind == "kendall":
        return _kendall(x, y, present)
    if kind == "spearman":  # what is missing ranks last, and is left out below
        x = stats.rankdata(np.where(present, x, np.inf), axis=1)
        y = stats.rankdata(np.where(present, y, np.inf), axis=1)
    x, y = (np.where(present, side, np.nan) for side in (x, y))
    dx, dy = (np.nan_to_num(side - mean_of_known(side, axis=1)[:, None]) for side in (x, y))
    scale = np.sqrt((dx**2).sum(axis=1) * (dy**2).sum(axis=1))
    enough = (present.sum(axis=1) >= 3) & _varies(x) & _varies(y)
    result = np.divide((dx * dy).sum(axis=1), scale, out=np.full(len(x), np.nan), where=enough)
    return np.asarray(np.clip(result, -1, 1))


def _varies(values: Array) -> NDArray[np.bool_]:
    """Which rows [draws, points] have two different numbers beside their NaN?"""
    known = np.isfinite(values)
    highest = np.where(known, values, -np.inf).max(axis=1)
    return np.asarray(highest > np.where(known, values, np.inf).min(axis=1))


def _kendall(x: Array, y: Array, present: NDArray[np.bool_]) -> Array:
    """Kendall's tau-b of each row: concordant minus discordant pairs over those without ties."""
    if x.shape[1] > _MOST_POINTS:
        return np.array([_sorted_kendall(*row) for row in zip(x, y, present, strict=True)])
    first, second = np.triu_indices(x.shape[1], k=1)
    result = np.full(len(x), np.nan)
    chunk = max(1, _PAIRS_AT_ONCE // max(1, len(first)))
    for start in range(0, len(x), chunk):
        rows = slice(start, start + chunk)
        both = present[rows, first] & present[rows, second]
        order_x = np.where(both, np.sign(x[rows, first] - x[rows, second]), 0)
        order_y = np.where(both, np.sign(y[rows, first] - y[rows, second]), 0)
        untied = np.abs(order_x).sum(axis=1) * np.abs(order_y).sum(axis=1)
        enough = (present[rows].sum(axis=1) >= 3) & (untied > 0)
        agreed = (order_x * order_y).sum(axis=1)
        np.divide(agreed, np.sqrt(untied), out=result[rows], where=enough)
    return result


def _sorted_kendall(x: Array, y: Array, present: NDArray[np.bool_]) -> float:
    """Kendall's tau-b of one row, in n log n steps."""
    if present.sum() < 3:
        return float("nan")
    return float(stats.kendalltau(x[present], y[present], method="asymptotic").statistic)
