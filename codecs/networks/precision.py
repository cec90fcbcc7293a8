"""Where networks compute in bfloat16, and where they must not."""

from functools import cache

import torch

FAST_ON = ("avx512_bf16", "amx_bf16")  # where products of bfloat16 are faster than of float32


def half_precision(device: torch.device) -> torch.autocast:
    """A context of bfloat16 on a GPU and on a CPU that computes it faster; float32 elsewhere."""
    faster = device.type == "cuda" or (device.type == "cpu" and _cpu_is_faster())
    return torch.autocast(_kind(device), torch.bfloat16, enabled=faster)


def single_precision(device: torch.device) -> torch.autocast:
    """A context in which layers compute in the precision of their weights."""
    return torch.autocast(_kind(device), enabled=False)


@cache
def _cpu_is_faster() -> bool:
    told: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(told.get(name) for name in FAST_ON)


def _kind(device: torch.device) -> str:
    # tensors without values, by which a network's synchronizations are found, know no autocast
    return "cpu" if device.type == "meta" else device.type
