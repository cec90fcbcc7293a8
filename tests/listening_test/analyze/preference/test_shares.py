import numpy as np
import pytest
from scipy import stats

from nscbench.listening_test.analyze.preference.conclude import conclude_preference
from nscbench.listening_test.analyze.preference.shares import order_effect, preferences
from nscbench.listening_test.votes import Choice, Votes


def choices(wins, losses, ties=0, pair=("a", "b"), start=0):
    said = [pair[0]] * wins + [pair[1]] * losses + [""] * ties
    return [Choice(f"L{start + k}", "i", *pair, c) for k, c in enumerate(said)]


def test_one_vote_of_each_listener_is_the_binomial_test():
    (found,) = preferences(choices(14, 4, 3), 0.1)
    known = stats.binomtest(14, 18)
    assert (found.wins, found.losses, found.ties, found.votes) == (14, 4, 3, 21)
    assert found.p == pytest.approx(known.pvalue)
    ends = known.proportion_ci(method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx((ends.low, ends.high))
    assert found.tie_share == pytest.approx(3 / 21)


def test_votes_of_one_listener_are_no_evidence_of_others():
    rows = [Choice(f"L{k % 4}", f"i{k}", "a", "b", "a") for k in range(40)]
    (found,) = preferences(rows, 0.1)
    assert (found.p, found.units) == (2 / 16, 4)


def test_the_order_heard_is_told_apart_from_the_condition():
    rows = [Choice(f"L{k}", "i", *("ab" if k % 2 else "ba"), "ba"[k % 2]) for k in range(20)]
    assert all(row.choice == row.first for row in rows)
    order = order_effect(rows)
    assert (order.share, order.votes) == (1, 20)
    assert order.p < 0.001
    (found,) = preferences(rows, 0.1)
    assert (found.wins, found.losses) == (10, 10)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (choices(19, 1), "a is preferred to b: 95 %"),
        (choices(1, 19), "b is preferred to a: 95 %"),
        (choices(0, 20), "b is preferred to a: 100 % [84, 100] of 20"),
        (choices(11, 9), "neither a preference nor equivalence is shown"),
        (choices(0, 0, 5), "none of 5 votes is decided"),
        (choices(200, 199, 600), "are equivalent within 60 to 40 %"),
        (choices(1, 1)[:2], "2 listeners: no interval is given"),
    ],
)
def test_sentences(rows, said):
    found = conclude_preference(Votes("ab", tuple(rows)))
    assert any(said in line for line in found.sentences)


def test_unnamed_votes_are_said_to_be_taken_for_independent():
    rows = [Choice("", "", "a", "b", "ab"[k % 3 > 0]) for k in range(12)]
    found = conclude_preference(Votes("ab", tuple(rows)))
    assert found.sentences[0] == "The 12 votes name no listener: votes are taken for independent."
    assert np.isfinite(found.tables[0].records[0].interval.low)
