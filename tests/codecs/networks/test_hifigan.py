"""HiFi-GAN: sizes, and inference by windows."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from nscbench.codecs.networks import hifigan as hifigan_module
from nscbench.codecs.networks.hifigan import HifiGan
from nscbench.codecs.networks.weight_norm import fold


@pytest.fixture
def hifigan() -> HifiGan:
    torch.manual_seed(0)
    network = HifiGan(80, (8, 5, 4, 2), 32)
    fold(network)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    return network


def one_by_one(network: HifiGan, mel: torch.Tensor) -> torch.Tensor:
    """The paper's equations on the layers as PyTorch runs them."""
    x = network.entry(mel)
    for upsample, blocks in zip(network.upsamples, network.blocks, strict=True):
        x = upsample(functional.leaky_relu(x, 0.1))
        outputs = []
        for block in blocks:
            y = x
            for dilated, plain in zip(block.dilated, block.plain, strict=True):
                z = dilated(functional.leaky_relu(y, 0.1))
                y = y + plain(functional.leaky_relu(z, 0.1))
            outputs.append(y)
        x = torch.stack(outputs).mean(dim=0)
    return torch.tanh(network.exit(functional.leaky_relu(x, 0.01))).squeeze(1)


def test_hifigan_trains_on_what_its_modules_make(hifigan: HifiGan) -> None:
    mel = torch.randn(2, 80, 7)
    expected = one_by_one(hifigan, mel)
    assert expected.abs().mean() > 0.05
    torch.testing.assert_close(hifigan(mel), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("frames", [1, 7])  # shorter than a halo, and many windows
@pytest.mark.parametrize("window", [1, 8192])
def test_hifigan_infers_window_by_window_what_its_modules_make(
    hifigan: HifiGan, monkeypatch: pytest.MonkeyPatch, frames: int, window: int
) -> None:
    monkeypatch.setattr(hifigan_module, "WINDOW", window)
    mel = torch.randn(2, 80, frames)
    expected = one_by_one(hifigan, mel)
    with torch.no_grad():
        made = hifigan(mel)
        alone = hifigan(mel[1:])
    torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)
    assert torch.equal(made[1:], alone)
