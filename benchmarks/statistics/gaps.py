"""Arrays with gaps: NaN where nothing was rated."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mean_of_rated(values: Array, axis: int) -> Array:
    """Mean along an axis over what is not NaN; NaN, without a warning, where nothing is left."""
    rated = np.isfinite(values)
    count = rated.sum(axis=axis)
    total = np.where(rated, values, 0.0).sum(axis=axis)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
