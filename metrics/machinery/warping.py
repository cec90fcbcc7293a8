"""Subsequence dynamic time warping, with WARP-Q's steps."""

import numpy as np
from numpy.typing import NDArray

from .compiled import compiled

Floats = NDArray[np.float64]


@compiled
def path_cost(patch: Floats, reference: Floats) -> float:
    """Cost of the cheapest path of a patch [N, C] into a reference [M, C]; it begins anywhere.

    The steps are (1, 0), (0, 3) and (1, 3) frames of (patch, reference); a cell costs the Euclidean
    distance of its frames.
    """
    before = np.empty(len(reference))
    now = np.empty(len(reference))
    for n in range(len(patch)):
        for m in range(len(reference)):
            square = 0.0
            for c in range(patch.shape[1]):
                difference = patch[n, c] - reference[m, c]
                square += difference * difference
            best = 0.0
            if n > 0:
                best = before[m]
                if m >= 3:
                    best = min(best, before[m - 3], now[m - 3])
            now[m] = best + np.sqrt(square)
        before, now = now, before
    return float(before.min())
