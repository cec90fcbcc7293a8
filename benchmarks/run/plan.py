"""The work of a run, and the keys under which each piece of it is known.

A key is a digest of what decides the result. Each stage's key holds the digest of the stage
before it, so that whatever changes a bitstream also asks for new decoded audio, and whatever
changes decoded audio for new scores:

    encode   settings, weights, code, library, resampler and device (`identity.maker`), hash of
             the recording
    decode   the same maker, hash of the bitstream, id of the item and draw (they seed the noise)
    score    hash of the decoded audio, hash of the reference (and what it says, for a metric that
             is told), metric and versions
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ... import metrics
from ...codecs import Codec
from ..data.items import Item
from ..store.journal import key_of
from .identity import maker
from .provenance import metric_version
from .suite import Suite

BATCH_SECONDS = {"cpu": 30.0, "cuda": 600.0}  # of audio that are encoded or decoded together


@dataclass(frozen=True)
class Batch:
    """Items of similar length that one condition codes together."""

    codec: Codec
    items: tuple[Item, ...]

    @property
    def seconds(self) -> float:
        """Audio in the batch."""
        return sum(item.seconds for item in self.items)

    def split(self) -> list["Batch"]:
        """One batch an item."""
        return [Batch(self.codec, (item,)) for item in self.items]


@dataclass(frozen=True)
class Plan:
    """A suite on its items, on a device."""

    suite: Suite
    items: Sequence[Item]
    device: str

    def draws(self, codec: Codec) -> range:
        """The draws of a condition: one for a deterministic decoder."""
        return range(self.suite.draws if codec.stochastic else 1)

    def batches(self, parts: int = 1) -> Iterator[Batch]:
        """All work, condition by condition, the longest items first.

        On a CPU, where batches are done side by side and long ones gain nothing, a condition is cut
        into about `parts` of them if it is short. What is coded together changes no result.
        """
        ordered = sorted(self.items, key=lambda item: -item.seconds)
        longest = BATCH_SECONDS[self.device]
        if self.device == "cpu":
            longest = min(longest, sum(item.seconds for item in self.items) / parts)
        for codec in self.suite.codecs:
            batch: list[Item] = []
            seconds = 0.0
            for item in ordered:
                if batch and seconds + item.seconds > longest:
                    yield Batch(codec, tuple(batch))
                    batch, seconds = [], 0.0
                batch.append(item)
                seconds += item.seconds
            yield Batch(codec, tuple(batch))

    def reference(self, codec: Codec, item: Item) -> Item:
        """What the decoded item is compared with: itself; the next item for a swapped control."""
        if codec.pairing == "own":
            return item
        return self.items[(self._positions[item.id] + 1) % len(self.items)]

    def encode_key(self, codec: Codec, item: Item) -> str:
        """Key of a bitstream."""
        return key_of("encode", self.maker(codec), item.sha256)

    def decode_key(self, codec: Codec, item: Item, draw: int, stream: str) -> str:
        """Key of decoded audio; `stream` is the hash of the bitstream."""
        return key_of("decode", self.maker(codec), stream, item.id, draw)

    def score_key(self, codec: Codec, item: Item, metric: str, decoded: str) -> str:
        """Key of a metric's values; `decoded` is the hash of the decoded audio."""
        reference = self.reference(codec, item)
        said = reference.text if metrics.get(metric).needs_text else ""
        return key_of("score", decoded, reference.sha256, metric, self.versions[metric], said)

    def pair_key(self, codec: Codec, item: Item, decoded: str) -> str:
        """Key of all that is known of a decoded item and its reference."""
        return key_of("pair", decoded, self.reference(codec, item).sha256)

    def match_key(self, codec: Codec, item: Item, decoded: str) -> str:
        """Key of the signatures of a pair."""
        return key_of("match", decoded, self.reference(codec, item).sha256)

    def maker(self, codec: Codec) -> str:
        """Digest of what encodes and decodes a condition: see `identity`."""
        return self._makers[codec.condition]

    @cached_property
    def versions(self) -> dict[str, str]:
        """What measures, by metric."""
        return {name: metric_version(name) for name in self.suite.metrics}

    @cached_property
    def _makers(self) -> dict[str, str]:
        return {codec.condition: maker(codec, self.device) for codec in self.suite.codecs}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {item.id: position for position, item in enumerate(self.items)}
