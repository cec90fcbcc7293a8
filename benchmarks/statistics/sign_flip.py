"""Random signs: is a mean difference larger than they make it, how large can it be, is it small?

If a difference is spread evenly around its true mean, each of its deviations has either sign with
equal chance. The p-value of a true mean m is the share of sign patterns whose mean deviation is as
large as the observed one; a pattern that flips a set of differences is as large, on one side, if
and only if the mean of that set is on the other side of m. So the means of all sets ("typical
values": Hartigan, Journal of the American Statistical Association 64, 1969) are all there is to
count: test, interval and equivalence come from them, and agree with each other. No assumption about
the shape of a distribution is needed, and ties and zeros are what they are.

Above `EXACT_DIFFERENCES`, random sets are drawn, the empty one counted among them, so that p is
never 0 (Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9, 2010).
"""

from dataclasses import dataclass

import numpy as np

from .gaps import Array
from .intervals import LEVEL, Interval

EXACT_DIFFERENCES = 14  # up to here all 2^n sets are counted
SIGN_DRAWS = 50_000

_ROUNDING = 1e-12  # of the largest difference: two means that differ by less are equal


def smallest_p(count: int) -> float:
    """The smallest two-sided p-value of so many differences."""
    return 2 / 2**count if count <= EXACT_DIFFERENCES else 2 / (1 + SIGN_DRAWS)


def fewest_differences(alpha: float) -> int | None:
    """Differences with which the test can give a p-value of alpha; None where no number can."""
    counts = range(1, EXACT_DIFFERENCES + 2)
    return next((count for count in counts if smallest_p(count) <= alpha), None)


@dataclass(frozen=True)
class SignFlips:
    """The means of sets of differences, of all but the empty one.

    Attributes:
        differences: paired ones [n].
        means: of the sets [sets].
    """

    differences: Array
    means: Array

    @classmethod
    def of(cls, differences: Array, generator: np.random.Generator) -> "SignFlips":
        """All sets, or `SIGN_DRAWS` random ones.

        Args:
            differences: paired ones [n].
            generator: of the draws.
        """
        count = len(differences)
        if count <= EXACT_DIFFERENCES:
            chosen = np.arange(1, 2**count)[:, None] >> np.arange(count) & 1
        else:
            chosen = generator.integers(0, 2, (SIGN_DRAWS, count), dtype=np.int8)
            chosen = chosen[chosen.any(axis=1)]
        sets = chosen.astype(np.float64)
        return cls(differences, np.sort((sets @ differences) / sets.sum(axis=1)))

    @property
    def smallest(self) -> float:
        """The smallest two-sided p-value that there can be."""
        return min(1.0, 2 / (1 + len(self.means)))

    def p(self, true: float = 0.0) -> float:
        """Two-sided p-value of a true mean difference."""
        return min(1.0, 2 * min(self.p_above(true), self.p_below(true)))

    def p_above(self, limit: float) -> float:
        """One-sided p-value: small where the true mean difference is above the limit."""
        return float((1 + np.sum(self.means <= limit + self._slack)) / (1 + len(self.means)))

    def p_below(self, limit: float) -> float:
        """One-sided p-value: small where the true mean difference is below the limit."""
        return float((1 + np.sum(self.means >= limit - self._slack)) / (1 + len(self.means)))

    def equivalence(self, margin: float) -> float:
        """P-value of the hypothesis that the mean difference is at least `margin` in size.

        Two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).

        Args:
            margin: in the unit of the differences, above 0.
        """
        return max(self.p_above(-margin), self.p_below(margin))

    def interval(self, level: float = LEVEL) -> Interval | None:
        """The true means that the test does not reject; None where it rejects none at all.

        That is so below 6 differences for 95 %.
        """
        dropped = int(np.floor((1 - level) / 2 * (1 + len(self.means)) * (1 + _ROUNDING)))
        if not dropped:
            return None
        return Interval(float(self.means[dropped - 1]), float(self.means[-dropped]))

    @property
    def _slack(self) -> float:
        return float(_ROUNDING * np.abs(self.differences).max(initial=0.0))
