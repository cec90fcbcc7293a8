"""Intervals of a correlation over few points that stand for others: ten conditions of a test.

Resampling ten points says little: draws repeat some of them, and ten that agree in order give
draws that all do, an interval of no width. Here the interval holds the populations under which the
coefficient that was found is not unusual: the coefficient of n pairs is simulated under a normal
copula, for correlations from -1 to 1, and those are left out that give one so high, or so low, in
less than 2.5 % of all cases. A case just as high counts half, for coefficients of ranks are few.
Spearman's and Kendall's look at ranks alone, so only the copula matters to them, whatever scale a
metric has; of Pearson's the two sides are taken for normal.
"""

from functools import lru_cache

import numpy as np

from .coefficients import coefficient
from .gaps import Array
from .intervals import LEVEL, Interval

FEWEST_POINTS = 5  # for an interval
_CORRELATIONS = np.tanh(np.linspace(-4.2, 4.2, 71))
_CASES = 2000


def coefficient_interval(
    kind: str, value: float, points: int, level: float = LEVEL
) -> Interval | None:
    """The interval of a coefficient over so many independent points.

    Args:
        kind: one of `coefficients.KINDS`.
        value: the coefficient that was found.
        points: n.
        level: of the interval.

    Returns:
        None for fewer than `FEWEST_POINTS` points, or a value that is none.
    """
    if points < FEWEST_POINTS or not np.isfinite(value):
        return None
    if value < 0:  # mirrored, so that a distance and a score are told the same
        mirrored = coefficient_interval(kind, -value, points, level)
        return mirrored and Interval(-mirrored.high, -mirrored.low)
    simulated = _simulated(kind, points)
    slack = 1e-9
    equal = (np.abs(simulated - value) <= slack).mean(axis=1) / 2
    above = (simulated > value + slack).mean(axis=1) + equal
    below = (simulated < value - slack).mean(axis=1) + equal
    tail = (1 - level) / 2
    populations = _population(kind, _CORRELATIONS)
    # `above` rises with the population and `below` falls; each is made monotone against noise
    low = np.interp(tail, np.maximum.accumulate(above), populations, left=-1.0, right=1.0)
    high = np.interp(tail, np.maximum.accumulate(below[::-1]), populations[::-1], 1.0, -1.0)
    low_end = -1.0 if above[0] >= tail else float(low)
    high_end = 1.0 if below[-1] >= tail else float(high)
    return Interval(min(low_end, value), max(high_end, value))


@lru_cache(maxsize=64)
def _simulated(kind: str, points: int) -> Array:
    """Coefficients [correlations, cases] of so many pairs."""
    generator = np.random.default_rng(points)
    cases = max(500, _CASES * 10 // max(10, points))
    first, second = generator.standard_normal((2, cases, points))
    return np.stack(
        [coefficient(kind, first, r * first + np.sqrt(1 - r**2) * second) for r in _CORRELATIONS]
    )


def _population(kind: str, correlation: Array) -> Array:
    """The coefficient of the whole population under a normal copula."""
    if kind == "spearman":
        return np.asarray(6 / np.pi * np.arcsin(correlation / 2))
    if kind == "kendall":
        return np.asarray(2 / np.pi * np.arcsin(correlation))
    return correlation
