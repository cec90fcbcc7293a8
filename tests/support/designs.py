"""Designs of simulated studies: how many items each speaker has, and how speakers scatter."""

import numpy as np

DESIGNS = ("equal", "lognormal", "half")


def sizes(design, count, random):
    """Items of each speaker [count]: 4 of each, log-normal numbers, or half of all of the first."""
    if design == "equal":
        return np.full(count, 4)
    if design == "lognormal":
        return _log_normal(random.normal(0, 1, count))
    return np.array([4 * (count - 1), *[4] * (count - 1)])


def sizes_and_means(correlation, count, random):
    """Log-normal numbers of items [count], and speakers' means that go with their logarithm.

    Also the mean over all items that there could be.
    """
    score = random.normal(0, 1, count)
    rest = random.normal(0, 1, count)
    grid = np.linspace(-8, 8, 200_001)
    density = np.exp(-(grid**2) / 2)
    many = _log_normal(grid) * density
    true = correlation * float((grid * many).sum() / many.sum())
    return _log_normal(score), correlation * score + (1 - correlation**2) ** 0.5 * rest, true


def _log_normal(score):
    """Numbers of items of normal scores: 1 at least."""
    return np.maximum(1, np.round(np.exp(1.5 + score))).astype(int)


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
