"""Optimizers: AdamW, on CUDA in the form that a recorded step needs."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

BETAS = (0.8, 0.99)


def make_optimizer(network: nn.Module, device: torch.device) -> AdamW:
    """The optimizer of a network that lies on this device."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    if device.type != "cuda":
        return AdamW(parameters, betas=BETAS, fused=device.type == "cpu")
    # one kernel instead of hundreds; a recorded step reads the rate where it lies
    rate = torch.zeros((), device=device)
    return AdamW(parameters, rate, BETAS, fused=True, capturable=True)


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of the next step."""
    (group,) = optimizer.param_groups
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def load_state(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Take the state over, not the settings: the checkpoint may be of another kind of device."""
    (own,), (saved,) = optimizer.param_groups, state["param_groups"]
    settings = {name: value for name, value in own.items() if name != "params"}
    optimizer.load_state_dict({**state, "param_groups": [saved | settings]})
    optimizer.param_groups[0].update(settings)
