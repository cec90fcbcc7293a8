"""Arrays with gaps: NaN where nothing was measured or rated."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mean_of_known(values: Array, axis: int) -> Array:
    """Mean along an axis over what is not NaN; NaN, without a warning, where nothing is left."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def median_of_known(values: Array) -> Array:
    """Median of each row of values [n, m] over what is not NaN; NaN where nothing is left."""
    ordered = np.sort(values, axis=1)  # NaN last
    count: NDArray[np.intp] = np.isfinite(values).sum(axis=1)
    last = np.maximum(count - 1, 0)
    middle = np.stack([last // 2, (last + 1) // 2], axis=1)
    return np.asarray(np.take_along_axis(ordered, middle, axis=1).mean(axis=1))
