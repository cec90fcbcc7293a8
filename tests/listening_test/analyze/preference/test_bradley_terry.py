import numpy as np
import pytest

from nscbench.listening_test.analyze.preference.bradley_terry import NoScale, bradley_terry
from nscbench.listening_test.analyze.preference.conclude import conclude_preference
from nscbench.listening_test.analyze.preference.shares import preferences
from nscbench.listening_test.analyze.preference.transitivity import transitivity
from nscbench.listening_test.votes import Choice, Votes


def tournament(counts):
    """One vote of each listener: {(first, second): (wins, losses, ties)}."""
    rows = []
    for (first, second), (wins, losses, ties) in counts.items():
        for choice in [first] * wins + [second] * losses + [""] * ties:
            rows.append(Choice(f"L{len(rows)}", "i", first, second, choice))
    return rows


def test_shares_of_known_worths_give_them_back():
    """3 : 1 and 2 : 1 make 6 : 1; the model fits, and its differences are their logarithms."""
    rows = tournament({("a", "b"): (30, 10, 0), ("b", "c"): (20, 10, 0), ("a", "c"): (60, 10, 0)})
    scale = bradley_terry(rows)
    found = {(p.first, p.second): p for p in scale.pairs}
    assert found["a", "b"].difference == pytest.approx(np.log(3))
    assert found["a", "c"].difference == pytest.approx(np.log(6))
    assert found["b", "c"].probability == pytest.approx(2 / 3)
    assert [w.condition for w in scale.worths] == ["a", "b", "c"]
    assert sum(w.value for w in scale.worths) == pytest.approx(0)
    assert scale.tie is None


def test_ties_have_davidsons_parameter():
    """Even wins with half as many ties: v sqrt(w w) / (2 w + v w) = 1 / 5, so v = 1 / 2."""
    even = {pair: (20, 20, 10) for pair in (("a", "b"), ("b", "c"), ("a", "c"))}
    scale = bradley_terry(tournament(even))
    assert scale.tie == pytest.approx(0.5)
    assert [p.difference for p in scale.pairs] == pytest.approx([0, 0, 0], abs=1e-8)


def test_intervals_are_those_of_the_sandwich_over_listeners():
    rows = tournament({("a", "b"): (30, 10, 0), ("b", "c"): (20, 10, 0), ("a", "c"): (60, 10, 0)})
    twice = [Choice(f"L{k % 70}", str(k), r.first, r.second, r.choice) for k, r in enumerate(rows)]
    single, common = bradley_terry(rows).pairs[0], bradley_terry(twice).pairs[0]
    assert single.difference == pytest.approx(common.difference)
    assert single.interval != common.interval
    assert single.interval.low < np.log(3) < single.interval.high
    assert 0 < single.probability_interval.low < single.probability < 1


def test_who_never_loses_has_no_finite_worth():
    rows = tournament({("a", "b"): (10, 0, 0), ("b", "c"): (5, 5, 0), ("a", "c"): (10, 0, 0)})
    with pytest.raises(NoScale, match="every vote went the same way"):
        bradley_terry(rows)
    found = conclude_preference(Votes("ab", tuple(rows)))
    assert any(line.startswith("No Bradley-Terry scale:") for line in found.sentences)
    assert found.points == {}
    assert found.verdicts == {("a", "b"): "a", ("a", "c"): "a"}


def test_two_conditions_need_no_scale():
    with pytest.raises(NoScale, match="3 conditions"):
        bradley_terry(tournament({("a", "b"): (3, 2, 0)}))


def test_circles_are_said():
    rows = tournament({("a", "b"): (18, 2, 0), ("b", "c"): (18, 2, 0), ("a", "c"): (2, 18, 0)})
    shares = preferences(rows, 0.1)
    found = transitivity(shares, bradley_terry(rows))
    (circle,) = found.circles
    assert circle.conditions in {("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")}
    assert circle.sure
    assert len(found.misfits) == 3
    lines = conclude_preference(Votes("ab", tuple(rows))).sentences
    assert any(
        "Preferences go in a circle: a over b over c over a; each of the three is sure" in x
        for x in lines
    )


def test_transitive_preferences_are_said_to_be():
    rows = tournament({("a", "b"): (15, 5, 0), ("b", "c"): (15, 5, 0), ("a", "c"): (18, 2, 0)})
    found = transitivity(preferences(rows, 0.1), bradley_terry(rows))
    assert (found.triples, found.circles, found.misfits) == (1, (), ())


def test_ties_alone_make_no_scale():
    rows = tournament({pair: (0, 0, 9) for pair in (("a", "b"), ("b", "c"), ("a", "c"))})
    with pytest.raises(NoScale, match="no vote is decided"):
        bradley_terry(rows)


def test_equal_worths_stand_in_no_order():
    even = {pair: (20, 20, 0) for pair in (("a", "b"), ("b", "c"), ("a", "c"))}
    said = conclude_preference(Votes("ab", tuple(tournament(even)))).sentences
    assert any("a (+0.00) = b (+0.00) = c (+0.00)" in line for line in said)
