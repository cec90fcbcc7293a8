"""Published checkpoints: found on this machine, loaded by transformers, known by a fingerprint.

A checkpoint is a folder that holds `config.json` and `model.safetensors`, as transformers saves it.
Nothing is ever downloaded here. A path names the folder itself; a hub's name, such as
`facebook/encodec_24khz`, is looked for

    beside all other weights  as the folder `encodec_24khz` (`machinery.weights`: $NSCBENCH_WEIGHTS)
    in the hub's cache        where `hf download facebook/encodec_24khz` puts it

The fingerprint is the SHA-256 over the digests of both files: weights and configuration.
"""

from functools import lru_cache
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...metrics.machinery import weights
from ..base import CodecError, Unavailable

FILES = ("config.json", "model.safetensors")


def locate(checkpoint: str) -> Path:
    """The folder of a checkpoint, by its path or its hub's name.

    Raises:
        Unavailable: it is not here, or lacks a file: the message says which, and where to put them.
    """
    if find_spec("transformers") is None:
        raise Unavailable("transformers is missing: pip install 'nscbench[published]'")
    path = Path(checkpoint)
    if path.is_dir():
        if lost := [name for name in FILES if not (path / name).is_file()]:
            raise Unavailable(f"{path} has no {' and no '.join(lost)}")
        return path.resolve()
    owner, _, name = checkpoint.partition("/")
    if not owner or not name or "/" in name:
        raise Unavailable(f"no folder {checkpoint}; a hub's name is OWNER/NAME")
    local = weights.folder() / name
    if all((local / file).is_file() for file in FILES):
        return local.resolve()
    if (cached := _cached(checkpoint)) is not None:
        return cached
    files = " and ".join(FILES)
    raise Unavailable(
        f"no checkpoint {checkpoint}: put {files} into {local} or into a folder that `weights` "
        f"names, or fetch them once: hf download {checkpoint} {' '.join(FILES)}"
    )


def missing(checkpoint: str) -> str:
    """Why a codec that needs this checkpoint cannot run; "" if it is here."""
    try:
        locate(checkpoint)
    except Unavailable as reason:
        return str(reason)
    return ""


def fingerprint(checkpoint: str) -> str:
    """SHA-256 over the digests of the checkpoint's files."""
    return _fingerprint(locate(checkpoint))


def load(checkpoint: str, architecture: str, device: str = "cpu") -> Any:
    """The network of a checkpoint, float32, in evaluation mode; kept for the next caller.

    Args:
        checkpoint: path or hub's name.
        architecture: name of its class in transformers.
        device: that runs it.

    Raises:
        Unavailable: it is not here.
        CodecError: it is damaged, or of another architecture.
    """
    return _load(locate(checkpoint), architecture, device)


def _cached(checkpoint: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(checkpoint, name) for name in FILES]
    paths = [Path(path) for path in found if isinstance(path, str)]
    return paths[0].parent if len(paths) == len(FILES) else None


@lru_cache(maxsize=16)
def _fingerprint(folder: Path) -> str:
    digests = []
    for name in FILES:
        with (folder / name).open("rb") as file:
            digests.append(file_digest(file, "sha256").hexdigest())
    return sha256("".join(digests).encode()).hexdigest()


@lru_cache(maxsize=8)
def _load(folder: Path, architecture: str, device: str) -> Any:
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
