"""Latents divided by the root mean square of all their values."""

import pytest
import torch

from nscbench.codecs.networks.unit_size import UnitSize


def test_a_batch_in_training_has_mean_square_one() -> None:
    made = UnitSize()(7 * torch.randn(3, 5, 40, generator=torch.Generator().manual_seed(1)))
    assert made.square().mean().item() == pytest.approx(1, rel=1e-5)


def test_channels_keep_their_proportions() -> None:
    x = torch.randn(3, 2, 40, generator=torch.Generator().manual_seed(1))
    x[:, 1] *= 10
    made = UnitSize()(x)
    torch.testing.assert_close(made[:, 1] / made[:, 0], x[:, 1] / x[:, 0])


def test_outside_training_the_measured_size_is_divided_by() -> None:
    unit_size = UnitSize()
    for _ in range(1000):
        unit_size(torch.full((1, 2, 4), 3.0))
    unit_size.eval()
    made = unit_size(torch.tensor([[6.0], [0.0]]))
    torch.testing.assert_close(made, torch.tensor([[2.0], [0.0]]), rtol=1e-3, atol=0)


def test_a_larger_output_does_not_lower_a_loss() -> None:
    x = torch.randn(2, 3, 50, generator=torch.Generator().manual_seed(1))
    scale = torch.ones((), requires_grad=True)
    UnitSize()(scale * x).abs().mean().backward()  # type: ignore[no-untyped-call]
    assert scale.grad is not None
    assert scale.grad.item() == pytest.approx(0, abs=1e-6)


def test_silence_stays_silence() -> None:
    assert UnitSize()(torch.zeros(1, 2, 3)).abs().max() == 0
