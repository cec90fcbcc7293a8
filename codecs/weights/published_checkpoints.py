"""Published checkpoints: located on this machine, and known by a fingerprint.

A codec's class names its `checkpoint` (`metrics/machinery/weights.py` says where its files lie, and
`nscbench weights get` fetches them); a suite may name another folder with the same files, or
another repository of the hub, whose files are looked for in the same places. Nothing is ever
downloaded here. The fingerprint is the SHA-256 over the digests of all files: weights and
configuration.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...metrics.machinery.digests import digest
from ...metrics.machinery.weights import Weights, from_hub
from ..base import CodecError, Unavailable


def locate(checkpoint: Weights, chosen: str = "") -> Path:
    """The folder of a checkpoint, or of what a suite has chosen in its place: a path or OWNER/NAME.

    Raises:
        Unavailable: it is not here, or lacks a file: the message says which, and how to get them.
    """
    if not chosen:
        if missing := checkpoint.missing():
            raise Unavailable(missing)
        return checkpoint.folder.resolve()
    path = Path(chosen)
    if path.is_dir():
        if lost := [name for name in checkpoint.files if not (path / name).is_file()]:
            raise Unavailable(f"{path} has no {' and no '.join(lost)}")
        return path.resolve()
    owner, _, name = chosen.partition("/")
    if not owner or not name or "/" in name:
        raise Unavailable(f"no folder {chosen}; a hub's name is OWNER/NAME")
    other = from_hub(chosen, "main", checkpoint.files)
    if absent := other.absent:
        raise Unavailable(
            f"no {' and no '.join(absent)} of {chosen} in {other.home} or the hub's cache: put "
            "them there, or name a folder that has them"
        )
    return other.folder.resolve()


def missing(checkpoint: Weights, chosen: str = "") -> str:
    """Why a codec that needs this checkpoint cannot run; "" if it is here."""
    try:
        locate(checkpoint, chosen)
    except Unavailable as reason:
        return str(reason)
    return ""


def fingerprint(checkpoint: Weights, chosen: str = "") -> str:
    """SHA-256 over the digests of the checkpoint's files."""
    folder = locate(checkpoint, chosen)
    digests = "".join(digest(folder / name) for name in checkpoint.files)
    return sha256(digests.encode()).hexdigest()


@lru_cache(maxsize=8)
def load_transformers(folder: Path, architecture: str, device: str) -> Any:
    """The network that a folder holds in the format of transformers, float32, in evaluation mode.

    Args:
        folder: with `config.json` and `model.safetensors`.
        architecture: name of its class in transformers.
        device: that runs it.

    Raises:
        CodecError: it is damaged, or of another architecture.
    """
    import torch
    import transformers
    from safetensors import SafetensorError

    transformers.utils.logging.disable_progress_bar()
    kind = getattr(transformers, architecture)
    try:
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise CodecError(f"{folder}/config.json cannot be read: {error}") from error
    if not isinstance(config, kind.config_class):
        raise CodecError(f"{folder} holds a {config.model_type} model, not one of {architecture}")
    try:
        network, report = kind.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (SafetensorError, OSError, RuntimeError) as error:
        raise CodecError(f"{folder} cannot be loaded: {error}") from error
    # transformers only warns of tensors that it lacks, and fills them with random numbers.
    if lost := sorted(report["missing_keys"]):
        raise CodecError(
            f"{folder}: model.safetensors lacks {len(lost)} tensors, such as {lost[0]}"
        )
    return network.eval().requires_grad_(False).to(torch.device(device))
