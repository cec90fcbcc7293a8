"""The GAN baseline that goes on from weights: its decoder alone learns."""

from pathlib import Path

import torch

from nscbench.codecs.weights.parts import GAN
from nscbench.codecs.weights.pretrained import load
from support.tiny_training import tiny_gan, trainer


def test_discriminators_teach_the_decoder_of_weights_alone(folder: Path) -> None:
    first = trainer(tiny_gan(), folder, "first").run()
    component = tiny_gan()
    component.start_from(load(str(first), GAN).network)
    second = trainer(component, folder, "second").run()
    before, after = (load(str(path), GAN).network.state_dict() for path in (first, second))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("decoder.") for name in changed)


def test_a_regression_goes_on_as_a_whole(folder: Path) -> None:
    first = trainer(tiny_gan(), folder, "first").run()
    component = tiny_gan()
    component.critics = None
    component.start_from(load(str(first), GAN).network)
    second = trainer(component, folder, "second").run()
    before, after = (load(str(path), GAN).network.state_dict() for path in (first, second))
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"encoder", "quantizer", "decoder"}
