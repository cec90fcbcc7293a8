"""Weights: found by name, rebuilt into networks, identified by a fingerprint.

A weights' file is a safetensors file, large tensors in 8 bit (`eight_bit`), small ones in half
precision. Its header names the part that it holds (`parts`) and the network's configuration as
JSON, so that the file alone rebuilds the network; a card of the same name, `.json`, says how it was
trained. Embedded files lie in `files/`; a path names any other.

The fingerprint is the SHA-256 of the file: part of a codec's identity, and bitstreams carry it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, get_args, get_type_hints

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from ..base import CodecError, Unavailable
from ..coding.entropy import COUNTS, IndexModel
from ..networks.quantizer import LEARNING_STATE
from ..networks.weight_norm import fold
from .eight_bit import expand
from .parts import PARTS, Config, FrameConfig, Network, Part

FOLDER = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Pretrained(Generic[Config, Network]):
    """A network in evaluation mode, its configuration, and the entropy model of its indices."""

    network: Network
    config: Config
    index_model: IndexModel | None


def locate(weights: str) -> Path:
    """The file of embedded weights (`gan`) or of a path (`my/gan.safetensors`).

    Raises:
        Unavailable: there is no such file.
    """
    path = Path(weights) if weights.endswith(".safetensors") else FOLDER / f"{weights}.safetensors"
    if not path.is_file():
        raise Unavailable(f"no weights {path}; `nscbench train {Path(weights).stem}` makes them")
    return path.resolve()


def missing(*weights: str) -> str:
    """Why a codec that needs these weights cannot run; "" if all are there."""
    for name in weights:
        try:
            locate(name)
        except Unavailable as reason:
            return str(reason)
    return ""


def fingerprint(*weights: str) -> str:
    """SHA-256 of the file, or of the files' digests if there are several."""
    digests = [_digest(locate(name)) for name in weights]
    return digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def digest(weights: str, *modules: str) -> str:
    """SHA-256 of the configuration and of these modules' tensors; with none named, of the file.

    Raises:
        CodecError: the file has nothing of one of the modules.
    """
    path = locate(weights)
    return _part_digest(path, modules) if modules else _digest(path)


def config(weights: str, part: Part[Config, Network]) -> Config:
    """The configuration in the file's header; the tensors stay unread.

    Raises:
        Unavailable: there is no such file.
        CodecError: the file is damaged, or holds another part.
    """
    found: Config = _config(_checked(weights, part))
    return found


def load(
    weights: str, part: Part[Config, Network], device: str = "cpu"
) -> Pretrained[Config, Network]:
    """The network of a weights' file, float32, in evaluation mode; kept for the next caller.

    Raises:
        Unavailable: there is no such file.
        CodecError: the file is damaged, or holds another part.
    """
    return _load(_checked(weights, part), device)


def _checked(weights: str, part: Part[FrameConfig, nn.Module]) -> Path:
    """The file, which holds this part."""
    path = locate(weights)
    found = _header(path)["component"]
    if found != part.name:
        raise CodecError(f"{path} holds the component {found!r}; needed is {part.name!r}")
    return path


@lru_cache(maxsize=64)
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _part_digest(path: Path, modules: tuple[str, ...]) -> str:
    found = sha256(_header(path)["config"].encode())
    with safe_open(path, "np") as file:
        for module in modules:
            names = sorted(name for name in file.keys() if name.startswith(f"{module}."))  # noqa: SIM118
            if not names:
                raise CodecError(f"{path} has no module {module!r}")
            for name in names:
                found.update(name.encode() + file.get_tensor(name).tobytes())
    return found.hexdigest()


@lru_cache(maxsize=64)
def _header(path: Path) -> Mapping[str, str]:
    try:
        with safe_open(path, "pt") as file:
            metadata: Mapping[str, str] = file.metadata() or {}
    except SafetensorError as error:
        raise CodecError(f"{path} is not a readable safetensors file: {error}") from error
    if metadata.get("component") not in PARTS or "config" not in metadata:
        raise CodecError(
            f"{path} names the component {metadata.get('component')!r}; "
            f"known are: {', '.join(PARTS)}"
        )
    return metadata


@lru_cache(maxsize=64)
def _config(path: Path) -> Any:
    header = _header(path)
    try:
        return _rebuild(PARTS[header["component"]].config, json.loads(header["config"]))
    except (TypeError, ValueError) as error:
        raise CodecError(f"{path}: its configuration makes no network: {error}") from error


@lru_cache(maxsize=16)
def _load(path: Path, device: str) -> Pretrained[Any, Any]:
    configuration = _config(path)
    network = fold(PARTS[_header(path)["component"]].network(configuration))
    with safe_open(path, "pt") as file:
        tensors = expand({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    counts = tensors.pop(COUNTS, None)
    own = network.state_dict()
    learning = {name: own[name] for name in own if name.endswith(LEARNING_STATE)}
    try:
        network.load_state_dict(tensors | learning)
    except RuntimeError as error:
        raise CodecError(f"{path} does not fit its own configuration: {error}") from error
    network.eval().requires_grad_(False).to(torch.device(device))
    return Pretrained(network, configuration, None if counts is None else IndexModel(counts))


def _rebuild(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """The dataclass `kind` from the JSON of its `asdict`."""
    hints, arguments = get_type_hints(kind), {}
    for field in fields(kind):
        if field.name not in values:
            continue  # written before the field existed: its default is what was used
        value = values[field.name]
        # of an optional one, the dataclass is the first alternative
        hint = next(iter(get_args(hints[field.name])), hints[field.name])
        if is_dataclass(hint) and value is not None:
            value = _rebuild(hint, value)  # type: ignore[arg-type]
        arguments[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**arguments)
