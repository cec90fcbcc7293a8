"""The moving average of weights, against its recurrence."""

import pytest
import torch
from torch import nn

from nscbench.codecs.training.average import DECAY, MovingAverage


class Counter(nn.Module):
    """A weight, and a number of another type."""

    count: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))
        self.register_buffer("count", torch.tensor(0))


@pytest.mark.parametrize(("step", "decay"), [(1, 2 / 11), (90, 91 / 100), (100_000, DECAY)])
def test_the_first_steps_weigh_more(step: int, decay: float) -> None:
    model = Counter()
    average = MovingAverage(model)
    with torch.no_grad():
        model.weight.fill_(1.0)
        model.count.fill_(7)
    average.update(step)
    own = average.module.state_dict()
    torch.testing.assert_close(own["weight"], torch.full((3,), 1 - decay))
    assert own["count"] == 7
    assert not any(parameter.requires_grad for parameter in average.module.parameters())


def test_a_restart_takes_the_weights_as_they_are() -> None:
    model = nn.ModuleDict({"new": Counter(), "old": Counter()})
    average = MovingAverage(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
    average.restart("new")
    own = average.module.state_dict()
    assert own["new.weight"].tolist() == [1, 1, 1]
    assert own["old.weight"].tolist() == [0, 0, 0]
