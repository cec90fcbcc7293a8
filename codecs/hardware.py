"""The machine that computes: what a run's manifest, a table of costs and a model card say of it."""

import os
import platform
from pathlib import Path
from typing import Any


def hardware(device: str) -> dict[str, Any]:
    """Processor, cores and, of "cuda", the accelerator of this machine."""
    found: dict[str, Any] = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
    }
    if device == "cuda":
        import torch

        found["gpu"] = torch.cuda.get_device_name()
    return found


def _processor() -> str:
    """The processor's name: Linux has it in a file only."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )
