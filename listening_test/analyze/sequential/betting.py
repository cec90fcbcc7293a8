"""Tests and intervals of a mean that hold at every look: by betting.

Whoever bets on values against a mean m, before each value is seen, cannot expect to win if m is
true. A capital of 1 exceeds 1/alpha at any time with a probability of alpha at most (Ville), so
that such a capital refutes m, whenever one looks and however often (Ramdas, Gruenwald, Vovk and
Shafer, Statistical Science 38, 2023). One half of alpha goes to a bet that the mean is above m, one
half to a bet below. Each capital is that of several players together, each with a stake of its own,
from next to nothing to nearly all: whatever the values are, some player has nearly the best one (a
mixture, as in Robbins, Annals of Mathematical Statistics 41, 1970). Values of different listeners
are taken for independent. Two games, by what else is known of them:

    bounded       values in [0, 1] of whatever shape: the stake s wins s (x - m) / m (Waudby-Smith
                  and Ramdas, Journal of the Royal Statistical Society B 86, 2024). For shares of
                  votes
    symmetric     values spread evenly around their mean, as the sign-flip tests of this package
                  take them: capital is multiplied by 2 / (1 + exp(-2 s (x - m))), of which the mean
                  over the two signs is 1 (Ramdas, Ruf, Larsson and Koolen, arXiv 2009.03167). It
                  knows small spreads and needs far fewer listeners. For differences on a scale

The means that are not refuted are an interval, at every time, for all times together.
"""

import numpy as np

from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.intervals import Interval

_SHARES = np.geomspace(0.01, 0.98, 16)  # of the capital, that players of the bounded game bet
_STAKES = np.geomspace(0.5, 128.0, 12)  # of players of the symmetric game
_LEAST = 1e-9  # mean: none is lower, for a bet against 0 wins without end
_GRID = 2001  # means at which an interval is looked for; its ends are rounded outwards


def refuted_below(
    values: Array, mean: Array | float, alpha: float, symmetric: bool = False
) -> Array:
    """When is it refuted that the true mean is `mean` or less? [..., n], true from then on.

    Args:
        values: in [0, 1], in the order of being seen [..., n].
        mean: in [0, 1], to be broadcast against the values.
        alpha: of a test of both sides, of which this one has a half.
        symmetric: the game.
    """
    if symmetric:
        wins, players = values - mean, _STAKES
    else:
        wins, players = values / np.maximum(mean, _LEAST) - 1, _SHARES
    capital = np.zeros(wins.shape)
    with np.errstate(over="ignore"):  # infinite capital is enough
        for stake in players:
            turn = 2 / (1 + np.exp(-2 * stake * wins)) if symmetric else 1 + stake * wins
            capital += turn.cumprod(axis=-1) / len(players)
    return np.asarray(np.maximum.accumulate(capital, axis=-1) >= 2 / alpha)


def refuted_above(
    values: Array, mean: Array | float, alpha: float, symmetric: bool = False
) -> Array:
    """The same of a true mean of `mean` or more."""
    return refuted_below(1 - values, 1 - np.asarray(mean), alpha, symmetric)


def intervals(values: Array, alpha: float, symmetric: bool = False) -> list[Interval]:
    """The means in [0, 1] that are not refuted after each of the values [n]."""
    grid = np.linspace(0, 1, _GRID)
    low = refuted_below(values, grid[:, None], alpha, symmetric).sum(axis=0) - 1
    high = refuted_above(values, grid[:, None], alpha, symmetric).sum(axis=0) - 1
    step = grid[1]
    return [
        Interval(float(max(0, a) * step), float(1 - max(0, b) * step))
        for a, b in zip(low, high, strict=True)
    ]


def first(refuted: Array) -> Array:
    """The number of values after which it is refuted [...], 0 for never."""
    return np.where(refuted.any(axis=-1), refuted.argmax(axis=-1) + 1, 0)
