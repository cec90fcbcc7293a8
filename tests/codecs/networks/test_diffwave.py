"""DiffWave's inference and its embedding of steps."""

import math

import pytest
import torch
from torch import nn

from nscbench.codecs.networks import blockwise, diffwave
from nscbench.codecs.networks.diffwave import StepEmbedding
from support.tiny_diffusion import FRAMES, denoisers


@pytest.mark.parametrize("anchored", [False, True])
@pytest.mark.parametrize("layers_held", [0, 2, 3])
def test_diffwave_infers_block_by_block_what_its_layers_make(
    monkeypatch: pytest.MonkeyPatch, anchored: bool, layers_held: int
) -> None:
    network, shape = denoisers(anchored)["diffwave"]
    for i, layer in enumerate(network.layers):
        layer.dilated.dilation, layer.dilated.padding = (90**i,), (90**i,)  # 1, 90, 8100 samples
    samples, width = shape[2], 2 * 4
    x, features = torch.randn(shape), torch.randn(2, 6, FRAMES)
    anchor = torch.randn(shape) if anchored else None
    t = torch.tensor([0.3, 0.6])
    expected = network(x, t, anchor, network.prepare(features))
    monkeypatch.setattr(diffwave, "HELD", 4 * len(x) * width * samples * layers_held)
    monkeypatch.setattr(blockwise, "BLOCK", 4 * 64)
    with torch.no_grad():
        prepared = network.prepare(features)
        made = network(x, t, anchor, prepared)
        alone = network(x[1:], t[1:], anchor[1:] if anchored else None, prepared[1:])
    assert prepared.shape == (2, 6 + layers_held * width, samples)
    torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)
    assert torch.equal(made[1:], alone)


def test_diffwave_s_layers_take_projections_that_are_held() -> None:
    """As they do on a GPU, where nothing runs block by block."""
    network, shape = denoisers(False)["diffwave"]
    x, features, t = torch.randn(shape), torch.randn(2, 6, FRAMES), torch.tensor([0.3, 0.6])
    with torch.no_grad():
        held = network.prepare(features)
    assert held.shape[1] > 6
    expected = network(x, t, None, network.prepare(features))
    torch.testing.assert_close(network(x, t, None, held), expected, atol=1e-5, rtol=0)


def test_step_embedding_is_diffwave_s() -> None:
    """Ten to the power of 4j / 63 times the step's number; between steps, the line."""
    embedding = StepEmbedding()
    assert embedding.table.shape == (50, 128)
    assert float(embedding.table[3, 10]) == pytest.approx(math.sin(3 * 10 ** (40 / 63)), abs=1e-4)
    times = torch.tensor([0.02, 0.04, 0.03])  # steps 0, 1 and half-way
    embedding.body = nn.Identity()
    first, second, between = embedding(times)
    torch.testing.assert_close(first, embedding.table[0])
    torch.testing.assert_close(between, (first + second) / 2, atol=1e-4, rtol=0)
