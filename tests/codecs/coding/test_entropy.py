"""The entropy model: its bits in closed form, and the coder against them."""

import numpy as np
import pytest
import torch

from nscbench.codecs.coding.entropy import IndexModel


def test_bits_of_a_known_histogram() -> None:
    # plus one: (4, 2, 1, 1) / 8, so the indices cost 1, 2, 3 and 3 bits
    model = IndexModel(torch.tensor([[3, 1, 0, 0]]))
    assert model.bits(torch.tensor([[0, 1, 2, 3]])) == pytest.approx(9)
    assert model.bits(torch.zeros(1, 0, dtype=torch.long)) == 0


@pytest.mark.parametrize("frames", [1, 2, 50, 3000])
def test_round_trip_costs_little_more_than_the_bits(frames: int) -> None:
    random = np.random.default_rng(frames)
    counts = torch.from_numpy(random.geometric(0.01, (3, 1024)))
    model = IndexModel(counts)
    rows = [random.choice(1024, frames, p=p) for p in model.probabilities]
    indices = torch.from_numpy(np.stack(rows))
    data = model.encode(indices)
    assert torch.equal(model.decode(data, 3, frames), indices)
    assert 8 * len(data) <= 1.001 * model.bits(indices) + 32


def test_every_end_survives_dropped_zero_bytes() -> None:
    model = IndexModel(torch.ones(1, 1024))
    for index in range(1024):
        indices = torch.tensor([[index]])
        assert torch.equal(model.decode(model.encode(indices), 1, 1), indices)
