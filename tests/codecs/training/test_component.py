"""What all components share."""

import torch

from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.training.component import excerpts


def test_excerpts_are_of_the_same_moments() -> None:
    draws = Draws(torch.Generator().manual_seed(0), torch.device("cpu"))
    real = torch.arange(200.0).view(2, 100)
    fake = (real + 1000).requires_grad_()
    one, other = excerpts(real, fake, 30, draws)
    assert one.shape == (2, 30)
    assert torch.equal(other, one + 1000)
    assert (one.diff(dim=1) == 1).all()
    assert one[0, 0] != one[1, 0] - 100  # each item's own moment
    other.sum().backward()
    assert fake.grad is not None
    assert fake.grad.sum() == 60
    assert excerpts(real, fake, 0, draws) == (real, fake)
