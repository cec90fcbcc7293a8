"""How many votes: against what they show in simulations, and against exact tails."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.cli import main
from nscbench.listening_test.prepare.stopping import Stopping
from nscbench.listening_test.prepare.votes_needed import (
    PAIR_SPREAD,
    VOTE_SPREAD,
    Plan,
    votes_needed,
)
from nscbench.listening_test.schema import ResultsError


def votes_of(text):
    return int(text.split(" votes on")[0].split()[-1])


def test_the_planned_votes_show_the_difference_as_often_as_asked():
    plan = Plan("acr", conditions=2, given_items=24, difference=0.3)
    votes = votes_of(next(votes_needed(plan)))
    generator = np.random.default_rng(1)
    tries = 4000
    own = generator.normal(0.3, PAIR_SPREAD, (tries, 24))
    noise = generator.normal(0, VOTE_SPREAD, (2, tries, 24, votes)).mean(axis=3)
    found = (own + noise[0] - noise[1]).mean(axis=1)
    error = np.sqrt(PAIR_SPREAD**2 / 24 + 2 * VOTE_SPREAD**2 / (24 * votes))
    power = np.mean(found / error > stats.norm.ppf(0.975))
    assert 0.78 <= power <= 0.90  # whole votes: a little more than 0.8


def test_preferences_are_planned_by_the_exact_test():
    text = next(votes_needed(Plan("ab", conditions=2, difference=15)))
    total = int(text.split(": ")[1].split()[0])
    critical = stats.binom.isf(0.025, total, 0.5) + 1
    assert stats.binom.sf(critical - 1, total, 0.65) >= 0.8
    assert stats.binom.sf(critical - 1, total, 0.5) <= 0.025


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["acr", "--difference", "0"], "a difference of 0; it lies between 0 and 4"),
        (["acr", "--difference", "0.05"], "however many vote"),
        (["ab", "--conditions", "1"], "1 conditions; 2 to 100"),
        (["acr", "--conditions", "1"], "1 conditions; 2 to 100"),
        (["acr", "--seconds", "0"], "0 seconds; 0.1 to 60"),
        (["drt", "--power", "1.5"], "a power of 1.5"),
        (["abx", "--items", "0"], "0 items"),
        (["abx", "--minutes", "0"], "0 minutes of a session"),
    ],
)
def test_numbers_out_of_range_are_refused(words, why, capsys):
    assert main(["listen", "plan", "--test", *words]) == 2
    assert why in capsys.readouterr().err


def test_no_plan_beyond_what_anyone_collects():
    with pytest.raises(ResultsError, match="more than 100000 answers"):
        list(votes_needed(Plan("ab", difference=0.1)))


def test_sequential_stopping_keeps_its_errors():
    """Of listeners who guess, 5 % at most are decided to hear it; and the other way round."""
    rule = Stopping(sequential=True)
    generator = np.random.default_rng(2)
    for share, wrong in ((0.5, "heard"), (0.75, "guessed")):
        answers = generator.random((2000, 200)) < share
        decided = [rule.decided(list(map(bool, row))) for row in answers]
        assert decided.count("") < 5
        assert 0.01 < decided.count(wrong) / len(decided) <= 0.055
    assert rule.decided([True] * 7) == ""
    assert rule.decided([True] * 8) == "heard"
    assert rule.decided([False] * 5) == "guessed"
