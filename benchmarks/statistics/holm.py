"""Many tests at once: p-values adjusted by Holm's step-down method.

Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
6, 1979: the j-th smallest of m p-values times m - j + 1, made monotone, never above 1.
"""

import numpy as np

from .gaps import Array


def holm(p_values: Array) -> Array:
    """P-values [m] adjusted for their family; NaN (no test was made) stays NaN and counts for none.

    Returns:
        [m], each at most 1.
    """
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p_values[order]))
    return adjusted
