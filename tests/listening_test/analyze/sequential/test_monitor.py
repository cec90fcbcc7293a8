import numpy as np
import pytest

from nscbench.listening_test.analyze.sequential.listener_values import watched_pairs
from nscbench.listening_test.analyze.sequential.monitor import looks_text, monitor, sentence
from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.votes import Answer, Choice, Vote, Votes


def opinions(random, listeners, shift, items=6):
    rows = []
    for who in range(listeners):
        for item in range(items):
            for condition, level in (("a", 3 + shift), ("b", 3)):
                score = float(np.clip(np.rint(random.normal(level, 0.6)), 1, 5))
                rows.append(Vote(f"L{who}", f"i{item}", condition, score))
    return Votes("acr", tuple(rows))


def verdict(votes, margin, **how):
    (found,) = monitor(watched_pairs(votes, **how), margin)
    return found, sentence(found, f"±{margin:g}", votes.test)


def test_a_clear_difference_is_decided_and_stays_so():
    votes = opinions(np.random.default_rng(0), 30, 1.0)
    found, said = verdict(votes, 0.25)
    assert found.verdict == "decided"
    assert found.after < 12
    assert f"a and b: decided after {found.after} listeners, a is better than b" in said
    assert found.looks[-1].interval.low > 0
    lines = looks_text((found,)).splitlines()
    assert len(lines) == 31
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["open"] * (found.after - 1) + [
        "decided"
    ] * (31 - found.after)


def test_equal_systems_are_equivalent_within_the_margin():
    found, said = verdict(opinions(np.random.default_rng(1), 60, 0.0), 0.5)
    assert found.verdict == "equivalent"
    assert "equivalent within ±0.5 after" in said


def test_listeners_still_needed_are_forecast():
    found, said = verdict(opinions(np.random.default_rng(2), 8, 0.3), 0.1)
    assert found.verdict == "open"
    assert found.more > 1
    assert f" {found.more} more listeners" in said
    _, early = verdict(opinions(np.random.default_rng(2), 2, 0.3), 0.1)
    assert "cannot be told yet" in early


def test_a_listener_counts_from_so_many_votes_on():
    votes = opinions(np.random.default_rng(3), 4, 1.0)
    whole = Votes("acr", votes.rows[:-6])  # the last listener gave 6 of 12
    (pair,) = watched_pairs(whole, 12)
    assert (len(pair.values), pair.waiting) == (3, 1)
    (loose,) = watched_pairs(whole)
    assert (len(loose.values), loose.waiting) == (4, 0)
    assert pair.values == pytest.approx(loose.values[:3])


def test_values_of_each_test():
    choice = [Choice("A", str(k), "x", "y", c) for k, c in enumerate(("x", "x", "", "y"))]
    (ab,) = watched_pairs(Votes("ab", tuple(choice)))
    assert (ab.values.tolist(), ab.low, ab.symmetric) == ([0.25], -1, False)
    heard = [Answer("A", "i", "x", "a", g, other="y") for g in ("a", "b", "a", "")]
    (abx,) = watched_pairs(Votes("abx", tuple(heard)))
    assert abx.values.tolist() == pytest.approx([2 / 3])
    assert abx.null == 0.5
    against = [Vote("A", "i", "x", s, "y") for s in (2.0, 1.0)]
    assert watched_pairs(Votes("ccr", tuple(against)))[0].values.tolist() == [1.5]
    words = [Answer("A", "i", c, "p", g, ("p", "b")) for c, g in (("x", "p"), ("y", "b"))]
    (drt,) = watched_pairs(Votes("drt", tuple(words)))
    assert (drt.values.tolist(), drt.high) == ([200], 200)


def test_errors_are_shared_among_pairs():
    random = np.random.default_rng(4)
    two = opinions(random, 20, 0.8)
    three = Votes(
        "acr", two.rows + tuple(Vote(r.listener, r.item, "c", 3.0) for r in two.rows[::2])
    )
    alone = monitor(watched_pairs(two), 0.25)[0].looks[-1].interval
    together = monitor(watched_pairs(three), 0.25)[0].looks[-1].interval
    assert together.high - together.low > alone.high - alone.low


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Vote("", "i", "a", 3.0)], "votes name none"),
        ([Vote("A", "i", "a", 3.0)], "no pair of systems"),
    ],
)
def test_what_cannot_be_monitored(rows, message):
    with pytest.raises(ResultsError, match=message):
        watched_pairs(Votes("acr", tuple(rows)))
