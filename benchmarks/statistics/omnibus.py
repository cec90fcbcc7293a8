"""Do the conditions differ at all? Friedman's test, for complete and incomplete designs.

Each listener's values are ranked among the conditions that this listener rated, with mid-ranks for
ties; the ranks are centred, and weighted by sqrt(12 / (n+1)) for a listener with n conditions
(Skillings and Mack, "On the use of a Friedman-type statistic in balanced and unbalanced block
designs", Technometrics 23, 1981). The statistic is A' V^- A of the sums A, with V their covariance
when each listener's ranks, ties included, are permuted at random.

It is Friedman's statistic with the correction for ties when everyone rated everything, Durbin's
(British Journal of Statistical Psychology 4, 1951) in a balanced incomplete block design, and
Skillings and Mack's otherwise, where theirs has no correction for ties. All are chi-squared
distributed with one degree of freedom less than there are conditions.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from .gaps import Array
from .intervals import FEWEST


@dataclass(frozen=True)
class Omnibus:
    """The test, and its F form and Kendall's W where the design is complete.

    `f` is Iman and Davenport's, with `degrees` and `degrees * (listeners - 1)` degrees of freedom.
    """

    name: str
    listeners: int
    conditions: int
    chi2: float
    degrees: int
    p: float
    kendall_w: float | None
    f: float | None
    p_f: float | None


def omnibus(means: Array) -> Omnibus | None:
    """The test of listener means [listeners, conditions], NaN where a listener rated nothing.

    None where there is nothing to test: below 3 listeners with two conditions each, below 2
    conditions, or listeners who tie throughout.

    Raises:
        ValueError: groups of conditions that no listener compared with each other.
    """
    means = means[np.isfinite(means).sum(axis=1) >= 2]
    listeners, conditions = means.shape
    if listeners < FEWEST or conditions < 2:
        return None
    sums, covariance = np.zeros(conditions), np.zeros((conditions, conditions))
    for row in means:
        rated = np.flatnonzero(np.isfinite(row))
        count = len(rated)
        ranks = stats.rankdata(row[rated]) - (count + 1) / 2
        sums[rated] += np.sqrt(12 / (count + 1)) * ranks
        spread = 12 / (count + 1) * float(ranks @ ranks) / (count - 1)
        covariance[np.ix_(rated, rated)] += spread * (np.eye(count) - 1 / count)
    if not covariance.any():
        return None
    degrees = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if degrees < conditions - 1:
        raise ValueError("some conditions were never compared with the others by one listener")
    chi2 = float(sums @ np.linalg.pinv(covariance, hermitian=True) @ sums)
    p = float(stats.chi2.sf(chi2, degrees))
    if not np.isfinite(means).all():
        name = "Skillings-Mack"
        return Omnibus(name, listeners, conditions, chi2, degrees, p, None, None, None)
    w = chi2 / (listeners * degrees)
    f = (listeners - 1) * w / (1 - w) if w < 1 else np.inf
    p_f = float(stats.f.sf(f, degrees, degrees * (listeners - 1)))
    return Omnibus("Friedman", listeners, conditions, chi2, degrees, p, w, float(f), p_f)
