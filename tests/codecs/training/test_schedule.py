"""Learning rate and discriminators over the budget."""

import pytest

from nscbench.codecs.training.component import Recipe
from nscbench.codecs.training.schedule import CriticsTurn, rate_factor


def test_rate_warms_up_and_falls_to_a_tenth():
    assert rate_factor(0, 0.0) == pytest.approx(0.01)
    assert rate_factor(49, 0.0) == pytest.approx(0.5)
    assert rate_factor(1000, 0.0) == 1.0
    assert rate_factor(1000, 0.5) == pytest.approx(0.55)
    assert rate_factor(1000, 1.0) == pytest.approx(0.1)


def test_discriminators_learn_before_they_are_heard():
    recipe = Recipe(1, 320, reconstruction_share=0.3, critic_head_start=0.05)
    turn = CriticsTurn(recipe, members=2)
    assert turn.phase(0.29) == (False, False)
    assert turn.phase(0.31) == (True, False)
    for _ in range(500):
        turn.observe(2 * 0.2)
    assert turn.phase(0.34) == (True, False)
    assert turn.phase(0.36) == (True, True)
    assert CriticsTurn(Recipe(1, 320), members=2).phase(1.0) == (False, False)
    assert CriticsTurn(recipe, members=0).phase(1.0) == (False, False)


def test_discriminators_at_chance_are_not_heard():
    turn = CriticsTurn(Recipe(1, 320, reconstruction_share=0.0), members=3)
    for _ in range(500):
        turn.observe(3 * 0.48)
    assert turn.phase(1.0) == (True, False)
    assert "not heard: the loss of one is 0.48 (0.5 is chance)" in turn.unheard()
    assert CriticsTurn(turn.recipe, members=0).unheard() == ""


def test_who_was_heard_stays_heard_and_a_checkpoint_keeps_it():
    turn = CriticsTurn(Recipe(1, 320, reconstruction_share=0.0), members=1)
    for loss in (0.1, 0.6):
        for _ in range(500):
            turn.observe(loss)
        assert turn.phase(0.5) == (True, True)
    assert turn.unheard() == ""
    again = CriticsTurn(turn.recipe, members=1)
    again.resume(turn.state())
    assert again.phase(0.5) == (True, True)
    assert again.loss == turn.loss


def test_beside_trained_weights_discriminators_learn_at_once():
    recipe = Recipe(1, 320, reconstruction_share=0.3, critic_head_start=0.05, critic_loss=9.0)
    turn = CriticsTurn(recipe, members=1, started=True)
    assert turn.phase(0.0) == (True, False)
    assert turn.phase(0.05) == (True, True)
