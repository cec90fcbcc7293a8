import numpy as np
import pytest

from nscbench.listening_test.analyze.sequential.betting import (
    first,
    intervals,
    refuted_above,
    refuted_below,
)


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_fair_game_multiplies_capital_by_one(symmetric):
    """Over all sequences of signs around the true mean, of equal chance: Ville's bound holds."""
    signs = 1 - 2 * (np.arange(2**12)[:, None] >> np.arange(12) & 1)
    values = 0.5 + 0.5 * signs
    wrong = refuted_below(values, 0.5, 0.1, symmetric) | refuted_above(values, 0.5, 0.1, symmetric)
    assert 0 < wrong[:, -1].mean() <= 0.1


def test_what_was_refuted_stays_refuted():
    values = np.concatenate([np.full(40, 0.9), np.full(200, 0.1)])
    found = refuted_below(values, 0.5, 0.05)
    assert not found[0]
    assert found[40:].all()
    assert first(found) == found.argmax() + 1
    assert first(np.zeros((2, 5), dtype=bool)).tolist() == [0, 0]


@pytest.mark.parametrize("symmetric", [False, True])
def test_higher_means_are_harder_to_refute(symmetric):
    values = np.random.default_rng(0).beta(8, 4, 60)
    found = refuted_below(values, np.linspace(0.01, 0.99, 50)[:, None], 0.05, symmetric)
    assert (np.diff(found.astype(int), axis=0) <= 0).all()
    assert found[0, -1]
    assert not found[-1, -1]


@pytest.mark.parametrize("symmetric", [False, True])
def test_intervals_shrink_around_the_mean(symmetric):
    values = np.clip(np.random.default_rng(1).normal(0.6, 0.05, 50), 0, 1)
    found = intervals(values, 0.05, symmetric)
    widths = [i.high - i.low for i in found]
    assert widths[0] > 0.95
    assert all(np.diff(widths) <= 0)
    assert found[-1].low < values.mean() < found[-1].high


def test_the_symmetric_game_knows_small_spreads():
    values = np.random.default_rng(2).normal(0.55, 0.02, 40)
    games = [intervals(values, 0.05, symmetric)[-1] for symmetric in (False, True)]
    assert 5 * (games[1].high - games[1].low) < games[0].high - games[0].low


def test_a_bet_against_nothing_wins_at_the_first_sign():
    assert refuted_below(np.array([0.0, 0.2]), 0.0, 0.05).tolist() == [False, True]
