"""The sign-flip test: is a mean difference larger than random signs make it?

Phipson and Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics
and Molecular Biology 9, 2010.
"""

import numpy as np

from .gaps import Array

EXACT_DIFFERENCES = 14  # up to here all 2^n patterns of signs are counted
SIGN_DRAWS = 50_000


def sign_flip(differences: Array, generator: np.random.Generator) -> float:
    """Two-sided p-value of the mean of differences [n] under random signs.

    Exact up to `EXACT_DIFFERENCES`; above, `SIGN_DRAWS` random patterns, the observed one counted
    among them, so that p is never 0.
    """
    count = len(differences)
    observed = abs(differences.sum()) * (1 - 1e-12)  # rounding must not lose the pattern itself
    if count <= EXACT_DIFFERENCES:
        bits = np.arange(2**count)[:, None] >> np.arange(count)
        return float(np.mean(np.abs((1 - 2 * (bits & 1)) @ differences) >= observed))
    signs = generator.integers(0, 2, (SIGN_DRAWS, count), dtype=np.int8)
    flipped = np.abs((1 - 2 * signs) @ differences)
    return float((1 + np.sum(flipped >= observed)) / (1 + SIGN_DRAWS))
