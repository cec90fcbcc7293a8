"""Checkpoints of torch: tensors by name, into a network of ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def tensors(path: Path, entry: str) -> dict[str, Tensor]:
    """The tensors of one entry of a checkpoint; nothing in the file is run.

    Raises:
        KeyError: it has no such entry, or that is no set of tensors.
        OSError, RuntimeError, UnpicklingError: it is no checkpoint.
    """
    content: Any = torch.load(path, map_location="cpu", weights_only=True)
    found = content.get(entry) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        raise KeyError(f"it has no tensors under {entry!r}")
    return found


def refuse_broken(state: Mapping[str, Tensor]) -> None:
    """Refuse tensors that no network can work with.

    Raises:
        ValueError: one is not finite.
    """
    if broken := [name for name, tensor in state.items() if not tensor.isfinite().all()]:
        raise ValueError(f"{len(broken)} tensors have NaN or infinite numbers, such as {broken[0]}")


def filled(network: Network, state: Mapping[str, Tensor], names: Mapping[str, str]) -> Network:
    """The network with these tensors, in evaluation mode.

    Args:
        network: whose every tensor must be among them, and no other.
        state: by published name.
        names: ours of theirs; of both only the beginnings, the longest first.

    Raises:
        RuntimeError: tensors are missing, unknown, or of another shape.
        ValueError: one is not finite.
    """
    ours = {}
    for name, tensor in state.items():
        start = next((start for start in names if name.startswith(start)), "")
        ours[names.get(start, "") + name[len(start) :]] = tensor
    refuse_broken(ours)
    network.load_state_dict(ours)
    return network.eval()
