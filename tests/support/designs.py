"""Designs of simulated studies: how many items each speaker has, and how speakers scatter."""

import numpy as np

DESIGNS = ("equal", "lognormal", "half")


def sizes(design, count, random):
    """Items of each speaker [count]: 4 of each, log-normal numbers, or half of all of the first."""
    if design == "equal":
        return np.full(count, 4)
    if design == "lognormal":
        return np.maximum(1, np.round(random.lognormal(1.5, 1, count))).astype(int)
    return np.array([4 * (count - 1), *[4] * (count - 1)])


def speakers(shape, size, random):
    """Values of speakers [size]; with the mean 0, but for whole numbers."""
    return {
        "normal": lambda: random.normal(0, 1, size),
        "exponential": lambda: random.exponential(1, size) - 1,
        "t3": lambda: random.standard_t(3, size),
        "whole": lambda: random.integers(0, 5, size).astype(float),
    }[shape]()


def coverage_bounds(trials, low=0.93, high=0.98):
    """Shares of simulated intervals that hold the truth, if their coverage is from low to high.

    Three standard deviations of a binomial share wider.
    """
    return tuple(p + sign * 3 * (p * (1 - p) / trials) ** 0.5 for p, sign in ((low, -1), (high, 1)))


def error_bound(trials, level=0.05):
    """Largest share of simulated tests that err, if their error is the level: the same way."""
    return level + 3 * (level * (1 - level) / trials) ** 0.5
