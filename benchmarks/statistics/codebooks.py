"""How the entries of a codebook are used, from indices that were sent.

    use          entries that occur at all, of all entries: it grows with the speech that is coded
    perplexity   2 ** entropy: as many entries, all used alike, would be as informative
    order 0      entropy of an index, in bit
    order 1      of an index whose predecessor is known, within a signal: H(pair) - H(predecessor)

Frequencies of few indices look more regular than they are: the entropy that they give is too low,
by (m - 1) / 2N nats for m values that occur among N (G. Miller, "Note on the bias of information
estimates", 1955), which is added (Miller-Madow). It is the first term of a series, and no cure
where most values have not been seen yet. So there is no entropy at all below a `COVERAGE`: the
probability that the next index, or pair, is one that has been seen, by Good and Turing one less the
share of those seen once (I. J. Good, Biometrika 40, 1953). An order of 1 needs many times the
speech that order 0 needs: of 1024 entries there are a million pairs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.9  # least, for an entropy

Indices = NDArray[np.int64]


class Use(NamedTuple):
    """What is known of a codebook; NaN where too little was seen.

    Attributes:
        tokens: indices seen.
        used: share of the entries.
        perplexity: at most the number of entries.
        entropy0, entropy1: in bit an index.
        coverage0, coverage1: probability that the next index, or pair, has been seen.
    """

    tokens: int
    used: float
    perplexity: float
    entropy0: float
    entropy1: float
    coverage0: float
    coverage1: float


def use_of(signals: Sequence[Indices], entries: int) -> Use:
    """Use of a codebook by the indices [T_i] of signals.

    Args:
        signals: indices below `entries`, in the order of time.
        entries: of the codebook.
    """
    seen = _counts(np.concatenate([*signals, np.zeros(0, np.int64)]))
    pairs = [entries * s[:-1].astype(np.int64) + s[1:] for s in signals]
    joined = np.concatenate([*pairs, np.zeros(0, np.int64)])
    together, before = _counts(joined), _counts(joined // entries)
    coverage0, coverage1 = coverage(seen), coverage(together)
    order0 = min(entropy(seen), np.log2(entries)) if coverage0 >= COVERAGE else np.nan
    order1 = entropy(together) - entropy(before) if coverage1 >= COVERAGE else np.nan
    return Use(
        tokens=int(seen.sum()),
        used=len(seen) / entries,
        perplexity=float(2**order0),
        entropy0=float(order0),
        entropy1=float(np.clip(order1, 0, order0)),
        coverage0=coverage0,
        coverage1=coverage1,
    )


def entropy(counts: Indices) -> float:
    """Entropy of values that occurred so often [m], each at least once, in bit (Miller-Madow)."""
    total = counts.sum()
    share = counts / total
    return float(-(share * np.log2(share)).sum() + (len(counts) - 1) / (2 * total * np.log(2)))


def coverage(counts: Indices) -> float:
    """Probability that the next value is one of those that occurred so often [m]; 0 of none."""
    return float(1 - (counts == 1).sum() / counts.sum()) if len(counts) else 0.0


def _counts(values: Indices) -> Indices:
    return np.unique(values, return_counts=True)[1].astype(np.int64)
