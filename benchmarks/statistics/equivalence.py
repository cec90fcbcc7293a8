"""Are two conditions as good as equal? Two one-sided t tests (TOST).

Schuirmann, "A comparison of the two one-sided tests procedure and the power approach", Journal of
Pharmacokinetics and Biopharmaceutics 15, 1987.
"""

import numpy as np
from scipy import special

from .gaps import Array


def equivalence(differences: Array, margin: float) -> float:
    """P-value of the hypothesis that the mean of differences [n] is at least `margin` in size.

    Without any spread, it is 0 inside the margin and 1 outside.

    Args:
        differences: paired ones [n], 2 or more.
        margin: in their unit, above 0.
    """
    mean = float(differences.mean())
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    if error == 0:
        return float(abs(mean) >= margin)
    return float(special.stdtr(len(differences) - 1, (abs(mean) - margin) / error))
