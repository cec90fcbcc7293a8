"""Akima's interpolation of many short curves at once (Akima, Journal of the ACM 17, 1970).

A bootstrap interpolates thousands of curves of a handful of points; interpolators of one curve
each spend their time on being made.
"""

import numpy as np

from ...benchmarks.statistics.gaps import Array


def mean_between(x: Array, y: Array, low: Array, high: Array) -> Array:
    """Mean [B] of the curves through (x, y) between low and high [B].

    Args:
        x: rising abscissae [B, P], at least 3 points a curve.
        y: ordinates [B, P].
        low: within the range of x.
        high: the same, greater than low.
    """
    steps = np.diff(x)
    chords = np.diff(y) / steps
    slopes = _slopes(chords)
    quadratic = (3 * chords - 2 * slopes[:, :-1] - slopes[:, 1:]) / steps
    cubic = (slopes[:, :-1] + slopes[:, 1:] - 2 * chords) / steps**2

    def area(end: Array) -> Array:
        """From the first point of each piece [B, P - 1] to the given end within it."""
        u = np.clip(end[:, None] - x[:, :-1], 0, steps)
        return u * (y[:, :-1] + u * (slopes[:, :-1] / 2 + u * (quadratic / 3 + u * cubic / 4)))

    return np.asarray((area(high) - area(low)).sum(1) / (high - low))


def _slopes(chords: Array) -> Array:
    """Slopes [B, P] at the points, from those of the chords [B, P - 1] between them."""
    before = 2 * chords[:, :1] - chords[:, 1:2]
    after = 2 * chords[:, -1:] - chords[:, -2:-1]
    ahead = 2 * before - chords[:, :1]
    behind = 2 * after - chords[:, -1:]
    wide = np.concatenate([ahead, before, chords, after, behind], axis=1)  # [B, P + 3]
    turns = np.abs(np.diff(wide))
    left, right = turns[:, 2:], turns[:, :-2]  # weights of the chord to the left, to the right
    total = left + right
    straight = total <= 1e-9 * total.max(axis=1, keepdims=True)
    weighted = left * wide[:, 1:-2] + right * wide[:, 2:-1]
    mean = (wide[:, 3:] + wide[:, :-3]) / 2
    return np.asarray(np.where(straight, mean, weighted / np.where(straight, 1, total)))
