"""The test over all systems: published examples of Friedman, Durbin, Skillings and Mack."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.omnibus import omnibus

NAN = np.nan


def test_is_friedmans_with_ties_in_a_complete_design() -> None:
    scores = np.random.default_rng(0).integers(0, 6, (12, 5)).astype(float)
    expected = stats.friedmanchisquare(*scores.T)
    found = omnibus(scores)
    assert found is not None
    assert found.name == "Friedman"
    assert (found.chi2, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.kendall_w == pytest.approx(expected.statistic / (12 * 4))


def test_is_durbins_in_a_balanced_incomplete_design() -> None:
    """Conover, Practical Nonparametric Statistics: 7 persons rank 3 of 7 varieties of ice cream."""
    varieties = [1, 2, 4, 2, 3, 5, 3, 4, 6, 4, 5, 7, 1, 5, 6, 2, 6, 7, 1, 3, 7]
    ranks = [2, 3, 1, 3, 1, 2, 2, 1, 3, 1, 2, 3, 3, 1, 2, 3, 1, 2, 3, 1, 2]
    scores = np.full((7, 7), NAN)
    scores[np.repeat(np.arange(7), 3), np.array(varieties) - 1] = ranks
    found = omnibus(scores)
    assert found is not None
    assert found.chi2 == pytest.approx(12)
    assert found.degrees == 6
    assert found.p == pytest.approx(0.0620, abs=5e-5)
    assert found.kendall_w is None


def test_is_skillings_and_macks_otherwise() -> None:
    """Their example (Technometrics 23, 1981, table 1): four methods of assembly, 9 assemblers."""
    times = np.array(
        [
            [3.2, 4.1, 3.8, 4.2],
            [3.1, 3.9, 3.4, 4.0],
            [4.3, 3.5, 4.6, 4.8],
            [3.5, 3.6, 3.9, 4.0],
            [3.6, 4.2, 3.7, 3.9],
            [4.5, 4.7, 3.7, NAN],
            [NAN, 4.2, 3.4, NAN],
            [4.3, 4.6, 4.4, 4.9],
            [3.5, NAN, 3.7, 3.9],
        ]
    )
    found = omnibus(times)
    assert found is not None
    assert found.name == "Skillings-Mack"
    assert found.chi2 == pytest.approx(15.493, abs=5e-4)
    assert found.degrees == 3


@pytest.mark.parametrize(
    "scores",
    [
        np.empty((0, 0)),
        np.array([[1.0, 2.0], [1.0, 2.0]]),
        np.array([[1.0], [2.0], [3.0]]),
        np.full((5, 3), 100.0),
        np.array([[1.0, NAN], [NAN, 2.0], [3.0, NAN], [NAN, 1.0]]),
    ],
    ids=["nothing", "two listeners", "one system", "all 100", "nobody rated both"],
)
def test_nothing_to_test(scores: np.ndarray) -> None:
    assert omnibus(scores) is None


def test_systems_that_were_never_compared_are_refused() -> None:
    apart = np.array([[1, 2, NAN, NAN]] * 3 + [[NAN, NAN, 1, 2]] * 3)
    with pytest.raises(ValueError, match="never compared"):
        omnibus(apart)


def test_perfect_agreement() -> None:
    found = omnibus(np.tile([1.0, 2.0, 3.0], (4, 1)))
    assert found is not None
    assert found.kendall_w == pytest.approx(1)
    assert found.chi2 == pytest.approx(8)  # L (k - 1)
