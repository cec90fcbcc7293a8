"""Where networks compute in bfloat16, and where they must not."""

import torch


def half_precision(device: torch.device) -> torch.autocast:
    """A context of bfloat16 where a GPU computes it faster; float32 on the CPU."""
    return torch.autocast(_kind(device), torch.bfloat16, enabled=device.type == "cuda")


def single_precision(device: torch.device) -> torch.autocast:
    """A context in which layers compute in the precision of their weights."""
    return torch.autocast(_kind(device), enabled=False)


def _kind(device: torch.device) -> str:
    # tensors without values, by which a network's synchronizations are found, know no autocast
    return "cpu" if device.type == "meta" else device.type
