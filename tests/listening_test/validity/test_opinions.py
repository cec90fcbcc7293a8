"""The side of the ratings: cells, and the intervals of P.1401."""

import numpy as np
import pytest
from scipy import stats

from nscbench.listening_test.validity.opinions import Opinions
from nscbench.listening_test.votes import Vote

VOTES = [
    Vote("l1", "i", "a", 1),
    Vote("l2", "i", "a", 3),
    Vote("l1", "j", "a", 5),
    Vote("l1", "i", "b", 2),
]


def test_cells_are_means_and_gaps_stay_gaps() -> None:
    opinions = Opinions.of("acr", VOTES)
    np.testing.assert_equal(opinions.cells(), [[2, 2], [5, np.nan]])
    np.testing.assert_equal(opinions.cells(np.array([0.0, 2.0])), [[3, np.nan], [np.nan, np.nan]])


def test_half_widths_are_students_over_all_votes() -> None:
    opinions = Opinions.of("acr", VOTES)
    known = np.ones((2, 2), dtype=bool)
    whole = opinions.half_widths(known, by_item=False)
    t = stats.ttest_1samp([1, 3, 5], 0).confidence_interval(0.95)
    assert whole[0] == pytest.approx((t.high - t.low) / 2)
    assert np.isnan(whole[1])  # of one vote
    cells = opinions.half_widths(known, by_item=True)
    assert cells[0, 0] == pytest.approx(stats.t.ppf(0.975, 1) * np.sqrt(2) / np.sqrt(2))
    assert np.isnan(cells[1]).all()


def test_conditions_and_items_are_chosen_and_ordered() -> None:
    chosen = Opinions.of("acr", VOTES).of_conditions(["b", "a"]).of_items(["i"])
    np.testing.assert_equal(chosen.cells(), [[2, 2]])
    assert len(chosen.score) == 3


def test_names_that_one_vote_lacks_are_unknown() -> None:
    opinions = Opinions.of("acr", [*VOTES, Vote("", "", "b", 4)])
    assert opinions.listeners == opinions.items == ()
    np.testing.assert_equal(opinions.cells(), [[3, 3]])
