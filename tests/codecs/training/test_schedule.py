"""Learning rate and discriminators over the budget."""

import pytest

from nscbench.codecs.training.component import Recipe
from nscbench.codecs.training.schedule import critics_phase, rate_factor


def test_rate_warms_up_and_falls_to_a_tenth():
    assert rate_factor(0, 0.0) == pytest.approx(0.01)
    assert rate_factor(49, 0.0) == pytest.approx(0.5)
    assert rate_factor(1000, 0.0) == 1.0
    assert rate_factor(1000, 0.5) == pytest.approx(0.55)
    assert rate_factor(1000, 1.0) == pytest.approx(0.1)


def test_discriminators_learn_before_they_are_heard():
    recipe = Recipe(1, 320, reconstruction_share=0.3, critic_head_start=0.05)
    assert critics_phase(recipe, 0.29) == (False, False)
    assert critics_phase(recipe, 0.31) == (True, False)
    assert critics_phase(recipe, 0.36) == (True, True)
    assert critics_phase(Recipe(1, 320), 1.0) == (False, False)
