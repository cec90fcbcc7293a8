"""What a training is asked for, as its component."""

from nscbench.codecs.networks.discriminators import Critics
from nscbench.codecs.training.setup import ComponentSetup


def test_batch_and_discriminators_are_settings() -> None:
    wide = ComponentSetup("gan", batch=7, critics="medium").make()
    assert wide.recipe.items == 7
    assert isinstance(wide.critics, Critics)
    assert len(wide.critics.members) == 8  # three over spectra, five over periods


def test_a_learning_rate_is_the_networks_alone() -> None:
    own = ComponentSetup("gan").make().recipe
    slower = ComponentSetup("gan", learning_rate=1e-4).make().recipe
    assert slower.learning_rate == 1e-4
    assert slower.critic_learning_rate == own.critic_learning_rate
