"""Intervals of means over items: statistics only, no plotting.

Items of one speaker are alike, so a bootstrap that draws single items gives intervals that are too
narrow; here whole speakers are drawn (cluster bootstrap: Cameron, Gelbach & Miller 2008,
section III).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
CONFIDENCE = 0.95


def cluster_bootstrap(
    values: NDArray[np.float64], clusters: Sequence[str], seed: int = 0
) -> tuple[float, float, float]:
    """Mean of values [n] and its 95 % percentile interval over whole clusters.

    One cluster has no interval: its bounds are NaN.

    Raises:
        ValueError: no values, or not as many clusters as values.
    """
    if not len(values) or len(values) != len(clusters):
        raise ValueError(f"{len(values)} values in {len(clusters)} clusters; at least 1 is needed")
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(index, values)
    counts = np.bincount(index)
    mean = float(values.mean())
    if len(sums) < 2:
        return mean, float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(len(sums), size=(RESAMPLES, len(sums)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(means, [tail, 100 - tail])
    return mean, float(low), float(high)
