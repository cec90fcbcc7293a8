"""Differences between the bitstreams and decoded audio of a run and what its journal says."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...codecs import Codec
from ...codecs.bitstream import BitstreamError, header_for, unpack
from ..run.plan import Plan
from ..store.journal import Journal
from ..store.rundir import RunDirectory


def file_differences(plan: Plan, journal: Journal, directory: RunDirectory) -> Iterator[str]:
    """Files that are not what the journal says, and bitstreams whose bits it counts wrongly."""
    for codec in plan.suite.codecs:
        for item in plan.items:
            encoded = journal.get(plan.encode_key(codec, item))
            if not encoded:
                continue
            stream = directory.stream(codec.condition, item.id)
            yield from _changed(stream, encoded["sha256"])
            if stream.is_file():
                yield from _miscounted(stream, codec, encoded)
            for draw in plan.draws(codec):
                key = plan.decode_key(codec, item, draw, encoded["sha256"])
                if decoded := journal.get(key):
                    path = directory.decoded(codec.condition, item.id, draw)
                    yield from _changed(path, decoded["file_sha256"])


def _changed(path: Path, digest: str) -> Iterator[str]:
    if not path.is_file():
        yield f"{_name(path)}: is missing"
    elif sha256(path.read_bytes()).hexdigest() != digest:
        yield f"{_name(path)}: has not the content that the journal says"


def _miscounted(path: Path, codec: Codec, encoded: Mapping[str, Any]) -> Iterator[str]:
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
