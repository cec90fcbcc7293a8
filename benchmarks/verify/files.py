"""Differences between the bitstreams and decoded audio of a run and what its journal says."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from ...codecs import Codec
from ...codecs.bitstream import BitstreamError, header_for, unpack
from ..run.plan import Plan
from ..store.journal import Find, Record
from ..store.rundir import RunDirectory


def file_differences(plan: Plan, find: Find, directory: RunDirectory) -> Iterator[str]:
    """Files that are not what the journal says, and bitstreams whose bits it counts wrongly."""
    for step in plan.walk(find):
        if step.draw == 0 and step.encoded:
            stream = step.encoding.path(directory)
            yield from _changed(stream, step.encoded["sha256"])
            if stream.is_file():
                yield from _miscounted(stream, step.codec, step.encoded)
        if step.decoding and step.decoded:
            yield from _changed(step.decoding.path(directory), step.decoded["file_sha256"])


def _changed(path: Path, digest: str) -> Iterator[str]:
    if not path.is_file():
        yield f"{_name(path)}: is missing"
    elif sha256(path.read_bytes()).hexdigest() != digest:
        yield f"{_name(path)}: has not the content that the journal says"


def _miscounted(path: Path, codec: Codec, encoded: Record) -> Iterator[str]:
    try:
        header, payload = unpack(path.read_bytes())
    except BitstreamError as error:
        yield f"{_name(path)}: {error}"
        return
    if header != header_for(codec, header.samples):
        yield f"{_name(path)}: says that {header.condition} made it, not {codec.condition}"
    counted = {
        "seconds": header.samples / codec.sample_rate,
        "payload_bits": 8 * len(payload),
        "container_bits": header.container_bits,
        "entropy_bits": codec.entropy_bits(payload),
    }
    for key, value in counted.items():
        if encoded.get(key) != value:
            yield f"{_name(path)}: has {key} {value}, the journal says {encoded.get(key)}"


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])
