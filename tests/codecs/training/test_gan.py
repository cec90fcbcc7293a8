"""The GAN baseline that goes on from weights: its decoder alone learns."""

from dataclasses import replace
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


def test_a_decoder_waits_until_it_hears_discriminators(folder: Path) -> None:
    first = trainer(tiny_gan(), folder, "first").run()
    component = tiny_gan()
    component.start_from(load(str(first), GAN).network)
    component.recipe = replace(component.recipe, critic_loss=0.0)  # never good enough
    run = trainer(component, folder, "second")
    judges = {name: value.clone() for name, value in component.critics.state_dict().items()}
    second = run.run()
    before, after = (load(str(path), GAN).network.state_dict() for path in (first, second))
    assert all(torch.equal(before[name], after[name]) for name in before)
    learned = component.critics.state_dict()
    assert any(not torch.equal(judges[name], learned[name]) for name in judges)


def test_a_regression_goes_on_as_a_whole(folder: Path) -> None:
    first = trainer(tiny_gan(), folder, "first").run()
    component = tiny_gan()
    component.critics = None
    component.start_from(load(str(first), GAN).network)
    second = trainer(component, folder, "second").run()
    before, after = (load(str(path), GAN).network.state_dict() for path in (first, second))
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"encoder", "quantizer", "decoder"}
