"""Weight normalization, folded into plain weights for inference."""

import copy

from torch import nn
from torch.nn.utils import parametrize


def folded(network: nn.Module) -> nn.Module:
    """A copy of the network whose parametrized weights are plain ones of the same value."""
    plain = copy.deepcopy(network)
    for module in plain.modules():
        if parametrize.is_parametrized(module):
            for name in list(module.parametrizations):  # type: ignore[arg-type]
                parametrize.remove_parametrizations(module, name)
    return plain
