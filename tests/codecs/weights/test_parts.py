"""The table of parts: what loads, decodes and trains is the same."""

from nscbench.codecs import available
from nscbench.codecs.neural.oracle import Oracle
from nscbench.codecs.neural.token_codec import TokenCodec
from nscbench.codecs.training.autoencoder import AutoencoderTraining
from nscbench.codecs.training.baselines import LadiffTraining, MultiBandTraining
from nscbench.codecs.training.component import Component
from nscbench.codecs.training.diffusion import DiffusionTraining
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.mel import MelAutoencoder
from nscbench.codecs.training.regression import RegressionTraining
from nscbench.codecs.training.vocoder import VocoderTraining
from nscbench.codecs.weights.parts import PARTS

TRAINED: tuple[type[Component], ...] = (
    *(GanCodec, MelAutoencoder, VocoderTraining, AutoencoderTraining),
    *(DiffusionTraining, RegressionTraining, MultiBandTraining, LadiffTraining),
)


def test_every_part_is_trained_by_one_component() -> None:
    assert sorted(component.name for component in TRAINED) == sorted(PARTS)


def test_components_train_the_networks_that_are_loaded() -> None:
    for component in TRAINED:
        network = component.__annotations__.get("model")
        if issubclass(component, DiffusionTraining):
            network = component.part.network
        assert network is PARTS[component.name].network


def test_codecs_are_made_of_parts() -> None:
    neural = [cls for cls in available().values() if issubclass(cls, TokenCodec | Oracle)]
    assert len(neural) >= 17
    for cls in neural:
        assert cls().parts.keys() <= PARTS.keys()
    used = {name for cls in neural for name in cls().parts}
    assert used == PARTS.keys()
