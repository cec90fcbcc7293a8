"""Weight normalization, folded into plain weights for inference."""

from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


def fold(network: nn.Module) -> nn.Module:
    """Replace every parametrized weight of the network by a plain one of the same value.

    In place: a parametrization lives in a class of its own that copies of a module share, so a
    copy cannot be folded without breaking the original.
    """
    for module in list(network.modules()):
        if parametrize.is_parametrized(module):
            for name in _names(module):
                parametrize.remove_parametrizations(module, name)
    return network


def folded_state(network: nn.Module) -> dict[str, Tensor]:
    """The state dict that the network will have once folded; the network stays as it is."""
    state = {k: v for k, v in network.state_dict().items() if ".parametrizations." not in f".{k}"}
    for prefix, module in network.named_modules():
        if parametrize.is_parametrized(module):
            for name in _names(module):
                state[f"{prefix}.{name}".lstrip(".")] = getattr(module, name).detach()
    return state


@torch.no_grad()
def adopt(network: nn.Module, folded: nn.Module) -> None:
    """Give the network the weights of a folded one of the same architecture."""
    for prefix, source in folded.named_modules():
        target = network.get_submodule(prefix)
        for name, value in chain(
            source.named_parameters(recurse=False), source.named_buffers(recurse=False)
        ):
            if parametrize.is_parametrized(target, name):
                setattr(target, name, value.detach())  # torch sets what the weight is made of
            else:
                getattr(target, name).copy_(value)


def _names(module: nn.Module) -> list[str]:
    parametrizations = module.parametrizations
    assert isinstance(parametrizations, nn.ModuleDict)
    return list(parametrizations)
