"""Files that a training run leaves: a checkpoint to go on from, and weights to use.

Both are written beside their place and renamed, after an fsync: whatever kills the process, the
file is the old one or the new one. This is not the run's `write_atomically`, which takes bytes:
libraries write these files themselves, as they may be larger than the memory left, and the next
try overwrites the partial file that a killed training leaves.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..networks.quantizer import LEARNING_STATE
from ..weights.eight_bit import compress


class CheckpointError(ValueError):
    """A checkpoint is damaged or of another run: the message says which."""


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file that then takes the place of `path`."""
    partial = path.with_name(path.name + ".partial")
    write(partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(path)


def save_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write a training state of tensors, numbers, strings, lists and dicts."""
    write_whole(path, lambda partial: torch.save(dict(state), partial))


def load_checkpoint(path: Path) -> dict[str, Any]:
    """The training state of a checkpoint, tensors on the CPU.

    Raises:
        CheckpointError: the file is not one.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path} is not a readable checkpoint: {error}") from error
    return state


def export_weights(
    path: Path,
    tensors: Mapping[str, Tensor],
    config: Any,
    card: Mapping[str, Any],
) -> None:
    """Weights as safetensors without learning state, their card as JSON beside them.

    Large ones are stored in 8 bit, small ones in half precision; integers keep their type. The
    network's configuration travels in the safetensors header, so that the file alone rebuilds it.
    """
    half = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous().cpu()
        for name, tensor in tensors.items()
        if not name.endswith(LEARNING_STATE)
    }
    metadata = {"component": str(card["component"]), "config": json.dumps(asdict(config))}
    write_whole(path, lambda partial: save_file(compress(half), partial, metadata))
    text = json.dumps(card, indent=2) + "\n"
    write_whole(path.with_suffix(".json"), lambda partial: _write_text(partial, text))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
