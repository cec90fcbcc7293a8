"""Tests and intervals of a mean that hold at every look: by betting.

Whoever bets on values in [0, 1] against a mean m, before each value is seen, cannot expect to win if
m is true. A capital of 1 exceeds 1/alpha at any time with a probability of alpha at most (Ville), so
that such a capital refutes m, whenever one looks and however often (Waudby-Smith and Ramdas,
"Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society
B 86, 2024). One half of alpha goes to a bet that the mean is above m, one half to a bet below. Each
capital is that of several players together, each of whom bets one share of all, from next to
nothing to next to all: whatever the values are, some player bets nearly the best one (a mixture, as
in Robbins, Annals of Mathematical Statistics 41, 1970). Values of different listeners are taken for
independent and of one distribution; no shape is assumed.

The means that are not refuted are an interval, at every time, for all times together.
"""

import numpy as np

from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.intervals import Interval

_SHARES = np.geomspace(0.01, 0.98, 16)  # of the capital, that the players bet
_LEAST = 1e-9  # mean: none is lower, for a bet against 0 wins without end
_GRID = 2001  # means at which an interval is looked for; its ends are rounded outwards


def refuted_below(values: Array, mean: Array | float, alpha: float) -> Array:
    """When is it refuted that the true mean is `mean` or less? [..., n], true from then on.

    Args:
        values: in [0, 1], in the order of being seen [..., n].
        mean: in [0, 1], to be broadcast against the values.
        alpha: of a test of both sides, of which this one has a half.
    """
    odds = values / np.maximum(mean, _LEAST) - 1  # what a bet of everything wins
    capital = np.zeros(odds.shape)
    with np.errstate(over="ignore"):  # infinite capital is enough
        for share in _SHARES:
            capital += (1 + share * odds).cumprod(axis=-1) / len(_SHARES)
    return np.asarray(np.maximum.accumulate(capital, axis=-1) >= 2 / alpha)


def refuted_above(values: Array, mean: Array | float, alpha: float) -> Array:
    """The same of a true mean of `mean` or more."""
    return refuted_below(1 - values, 1 - np.asarray(mean), alpha)


def intervals(values: Array, alpha: float) -> list[Interval]:
    """The means in [0, 1] that are not refuted after each of the values [n]."""
    grid = np.linspace(0, 1, _GRID)
    low = refuted_below(values, grid[:, None], alpha).sum(axis=0) - 1
    high = refuted_above(values, grid[:, None], alpha).sum(axis=0) - 1
    step = grid[1]
    return [
        Interval(float(max(0, a) * step), float(1 - max(0, b) * step))
        for a, b in zip(low, high, strict=True)
    ]


def first(refuted: Array) -> Array:
    """The number of values after which it is refuted [...], 0 for never."""
    return np.where(refuted.any(axis=-1), refuted.argmax(axis=-1) + 1, 0)
