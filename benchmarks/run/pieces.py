"""The pieces of a run's work, each with the key under which its result is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from ...codecs import Codec
from ..data.items import Item
from ..store.cache import Stage
from ..store.run_directory import RunDirectory

BATCH_SECONDS = {"cpu": 30.0, "cuda": 600.0}  # of audio that are encoded or decoded together


@dataclass(frozen=True)
class Encoding:
    """A bitstream of an item."""

    stage: ClassVar[Stage] = "encode"
    digest: ClassVar[str] = "sha256"  # the field of its record that has the file's digest
    codec: Codec
    item: Item
    key: str

    @property
    def where(self) -> dict[str, Any]:
        """What a journal says of it beside its record."""
        return {"condition": self.codec.condition, "item": self.item.id}

    def path(self, directory: RunDirectory) -> Path:
        """Its file."""
        return directory.stream(self.codec.condition, self.item.id)


@dataclass(frozen=True)
class Decoding:
    """A draw of what an item's bitstream decodes to.

    Attributes:
        stream_hash: SHA-256 of the bitstream file.
    """

    stage: ClassVar[Stage] = "decode"
    digest: ClassVar[str] = "file_sha256"
    codec: Codec
    item: Item
    key: str
    draw: int
    stream_hash: str

    @property
    def where(self) -> dict[str, Any]:
        """What a journal says of it beside its record."""
        return {"condition": self.codec.condition, "item": self.item.id, "draw": self.draw}

    def path(self, directory: RunDirectory) -> Path:
        """Its file."""
        return directory.decoded(self.codec.condition, self.item.id, self.draw)


@dataclass(frozen=True)
class Scoring:
    """The values of a decoded item, held against a reference.

    Attributes:
        decoding: of the item.
        reference: the item itself; another one for a swapped control.
        keys: by metric.
        match: key of the signatures of the pair.
        pair: key of all that is known of the pair.
        file_hash: SHA-256 of the decoded file.
    """

    decoding: Decoding
    reference: Item
    keys: Mapping[str, str]
    match: str
    pair: str
    file_hash: str

    @property
    def hashes(self) -> tuple[str, str]:
        """SHA-256 of both files, the reference's first."""
        return self.reference.sha256, self.file_hash

    @property
    def codec(self) -> Codec:
        return self.decoding.codec

    @property
    def item(self) -> Item:
        return self.decoding.item

    @property
    def where(self) -> dict[str, Any]:
        """What a journal says of it beside its records."""
        return self.decoding.where


Coding = TypeVar("Coding", Encoding, Decoding)


@dataclass(frozen=True)
class Batch(Generic[Coding]):
    """Pieces of similar length that one condition codes together."""

    pieces: tuple[Coding, ...]

    @property
    def codec(self) -> Codec:
        """The codec of all pieces."""
        return self.pieces[0].codec

    @property
    def ids(self) -> list[str]:
        """Ids of the items."""
        return [piece.item.id for piece in self.pieces]

    @property
    def seconds(self) -> float:
        """Seconds of audio in the batch."""
        return sum(piece.item.seconds for piece in self.pieces)

    def split(self) -> list["Batch[Coding]"]:
        """The same pieces in batches of one."""
        return [Batch((piece,)) for piece in self.pieces]


def batched(pieces: Sequence[Encoding], device: str, parts: int) -> Iterator[Batch[Encoding]]:
    """All pieces of one condition, the longest first.

    On a CPU, where batches are done side by side and long ones gain nothing, a condition is cut
    into about `parts` of them if it is short. What is coded together changes no result.
    """
    longest = BATCH_SECONDS[device]
    if device == "cpu":
        longest = min(longest, sum(piece.item.seconds for piece in pieces) / parts)
    batch: list[Encoding] = []
    seconds = 0.0
    for piece in sorted(pieces, key=lambda piece: -piece.item.seconds):
        if batch and seconds + piece.item.seconds > longest:
            yield Batch(tuple(batch))
            batch, seconds = [], 0.0
        batch.append(piece)
        seconds += piece.item.seconds
    yield Batch(tuple(batch))
