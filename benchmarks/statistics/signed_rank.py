"""Paired comparison of two conditions: tests, the shift and its interval, effect size.

Sources: Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945;
Hodges and Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics
34, 1963; Kerby, "The simple difference formula", Comprehensive Psychology 3, 2014 (matched
rank-biserial correlation); Phipson and Smyth, "Permutation p-values should never be zero",
Statistical Applications in Genetics and Molecular Biology 9, 2010.
"""

import numpy as np

from .gaps import Array
from .intervals import LEVEL, Interval

EXACT_LISTENERS = 14  # up to here all 2^n sign patterns are counted
SIGN_DRAWS = 50_000


def wilcoxon(differences: Array) -> tuple[float, float]:
    """Statistic W = min(W+, W-) and two-sided p of paired differences [n].

    Zeros are dropped (Wilcoxon's own way). Up to 50 differences without ties or zeros have the
    exact distribution, others the normal one with the correction for ties. If all are zero, p is 1.
    """
    from scipy import stats

    if not np.any(differences):
        return 0.0, 1.0
    result = stats.wilcoxon(differences, zero_method="wilcox", alternative="two-sided")
    return float(result.statistic), float(result.pvalue)


def rank_biserial(differences: Array) -> float | None:
    """(W+ - W-) / (W+ + W-), in [-1, 1]; None where every difference is zero."""
    from scipy import stats

    present = differences[differences != 0]
    if not present.size:
        return None
    ranks = stats.rankdata(np.abs(present))
    return float(np.sum(ranks * np.sign(present)) / np.sum(ranks))


def walsh_averages(differences: Array) -> Array:
    """Sorted means of all pairs of differences [n], each with itself too: [n (n+1) / 2]."""
    rows, columns = np.triu_indices(len(differences))
    return np.sort((differences[rows] + differences[columns]) / 2)


def hodges_lehmann(differences: Array) -> float:
    """The shift: the median of the Walsh averages."""
    return float(np.median(walsh_averages(differences)))


def shift_interval(differences: Array, level: float = LEVEL) -> Interval | None:
    """The shifts that the exact signed-rank test does not reject, from the Walsh averages.

    None where no such interval exists: below 6 differences for 95 %.
    """
    count = len(differences)
    below = np.cumsum(signed_rank_probabilities(count)) if count else np.ones(1)
    dropped = int(np.searchsorted(below, (1 - level) / 2, side="right"))
    if not dropped:
        return None
    averages = walsh_averages(differences)
    return Interval(float(averages[dropped - 1]), float(averages[-dropped]))


def signed_rank_probabilities(count: int) -> Array:
    """P(W+ = w) for w = 0 ... n (n+1) / 2 under the null hypothesis, without ties."""
    probabilities = np.ones(1)
    for rank in range(1, count + 1):
        longer = np.zeros(len(probabilities) + rank)
        longer[:-rank] += probabilities / 2
        longer[rank:] += probabilities / 2
        probabilities = longer
    return probabilities


def sign_flip(differences: Array, generator: np.random.Generator) -> float:
    """Two-sided p of the mean difference [n] under random signs.

    Exact up to `EXACT_LISTENERS`; above, `SIGN_DRAWS` random patterns, the observed one counted
    among them, so that p is never 0.
    """
    count = len(differences)
    observed = abs(differences.sum()) * (1 - 1e-12)  # rounding must not lose the pattern itself
    if count <= EXACT_LISTENERS:
        bits = np.arange(2**count)[:, None] >> np.arange(count)
        return float(np.mean(np.abs((1 - 2 * (bits & 1)) @ differences) >= observed))
    signs = generator.integers(0, 2, (SIGN_DRAWS, count), dtype=np.int8)
    flipped = np.abs((1 - 2 * signs) @ differences)
    return float((1 + np.sum(flipped >= observed)) / (1 + SIGN_DRAWS))


def holm(p_values: Array) -> Array:
    """P values [m] adjusted for their family, never above 1.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979: the j-th smallest times m - j + 1, made monotone.
    """
    order = np.argsort(p_values, kind="stable")
    stepped = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(stepped)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted


def equivalence(differences: Array, margin: float) -> float:
    """P of two one-sided t tests (TOST) that the mean difference [n] lies within +-margin.

    Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987. Without any spread, p
    is 0 inside the margin and 1 outside.
    """
    from scipy import stats

    mean = float(differences.mean())
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    if error == 0:
        return float(abs(mean) >= margin)
    degrees = len(differences) - 1
    return float(stats.t.sf((margin - abs(mean)) / error, degrees))
