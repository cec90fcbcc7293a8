"""Differences between the bitstreams and decoded audio of a run and what its journal says."""

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from ...codecs import Codec, CodecError
from ...codecs.bitstream import header_for, unpack
from ..run.plan import Plan
from ..store.journal import Find, Record
from ..store.received import open_within
from ..store.run_directory import RunDirectory, RunError


def file_differences(plan: Plan, find: Find, directory: RunDirectory) -> Iterator[str]:
    """Files that are not what the journal says, and bitstreams whose bits it counts wrongly."""
    for step in plan.walk(find):
        if step.draw == 0 and step.encoded:
            stream = step.encoding.path(directory)
            if changed := _changed(stream, step.encoded["sha256"], directory):
                yield changed
            else:
                yield from _miscounted(stream, step.codec, step.encoded)
        if step.decoding and step.decoded:
            path, digest = step.decoding.path(directory), step.decoded["file_sha256"]
            if changed := _changed(path, digest, directory):
                yield changed


def _changed(path: Path, digest: str, directory: RunDirectory) -> str:
    """What is wrong with a file; "" for nothing."""
    try:
        with open_within(directory.root, path) as file:
            same = file_digest(file, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return f"{_name(path)}: is missing"
    except (OSError, RunError) as error:
        return str(error)
    return "" if same else f"{_name(path)}: has not the content that the journal says"


def _miscounted(path: Path, codec: Codec, encoded: Record) -> Iterator[str]:
    name = _name(path)
    try:
        header, payload = unpack(path.read_bytes())
        entropy_bits = codec.entropy_bits(payload)
    except CodecError as error:
        yield f"{name}: {error}"
        return
    if header != header_for(codec, header.samples):
        yield f"{name}: says that {header.condition} made it, not {codec.condition}"
    counted = {
        "seconds": header.samples / codec.sample_rate,
        "payload_bits": 8 * len(payload),
        "container_bits": header.container_bits,
        "entropy_bits": entropy_bits,
    }
    for key, value in counted.items():
        if encoded.get(key) != value:
            yield f"{name}: has {key} {value}, the journal says {encoded.get(key)}"


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])
