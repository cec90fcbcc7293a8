"""Where networks compute in bfloat16, and where they must not."""

from functools import cache

import torch


def half_precision(device: torch.device) -> torch.autocast:
    """A context of bfloat16 on a GPU and on a CPU that computes it faster; float32 elsewhere."""
    faster = device.type == "cuda" or (device.type == "cpu" and _cpu_is_faster())
    return torch.autocast(_kind(device), torch.bfloat16, enabled=faster)


def single_precision(device: torch.device) -> torch.autocast:
    """A context in which layers compute in the precision of their weights."""
    return torch.autocast(_kind(device), enabled=False)


@cache
def _cpu_is_faster() -> bool:
    """Does this CPU multiply bfloat16 faster than float32?

    With AMX by far; with AVX-512 alone twice as fast on AMD's, half as fast on Intel's.
    """
    told: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    by_vectors = bool(told.get("avx512_bf16")) and "AMD" in str(told.get("cpu_name"))
    return by_vectors or bool(told.get("amx_bf16"))


def _kind(device: torch.device) -> str:
    # tensors without values, by which a network's synchronizations are found, know no autocast
    return "cpu" if device.type == "meta" else device.type
