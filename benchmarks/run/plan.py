"""The work of a run, and the keys under which each piece of it is known.

A key is a digest of what decides the result. Each stage's key holds the digest of the stage
before it, so that whatever changes a bitstream also asks for new decoded audio, and whatever
changes decoded audio for new scores:

    encode   settings, weights, code, library, resampler and device (`maker_digests.maker`), hash of
             the recording
    decode   the same maker, hash of the bitstream, id of the item and draw (they seed the noise)
    score    hash of the decoded audio, hash of the reference (and what it says, and in which
             language, for a metric that is told), metric and versions

The chain is defined here only. The runner asks for one piece after the other (`encoding`,
`decoding`, `scoring`) as their inputs get ready; whoever reads a journal uses `walk`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ... import metrics
from ...codecs import Codec
from ..data.items import Item
from ..store.journal import Find, Record, key_of
from .maker_digests import maker
from .pieces import Batch, Decoding, Encoding, Scoring, batched
from .provenance import metric_version
from .suite import Suite

_SHORT = 60.0  # seconds of audio of a set that a condition is soon done with

# Why values are missing: condition, item, draw, metric -> reason
Failures = dict[tuple[str, str, int, str], str]


@dataclass(frozen=True)
class Plan:
    """A suite on its items, on a device."""

    suite: Suite
    items: Sequence[Item]
    device: str

    def draws(self, codec: Codec) -> range:
        """The draws of a condition: one for a deterministic decoder."""
        return range(self.suite.draws if codec.stochastic else 1)

    def batches(self, parts: int = 1) -> Iterator[Batch[Encoding]]:
        """All bitstreams: an item of every condition, then condition by condition the rest.

        The first items tell what each condition costs. Of a short set, the first condition is done
        before them, so that its values are there at once. A condition with processes of its own is
        done in one go.
        """
        codecs = list(self.suite.codecs)
        if sum(item.seconds for item in self.items) <= _SHORT:
            yield from self._batches(codecs.pop(0), self.items, parts)
        middle = sorted(self.items, key=lambda item: item.seconds)[len(self.items) // 2]
        alone = self.suite.isolated
        for codec in codecs:
            if codec.condition not in alone:
                yield Batch((self.encoding(codec, middle),))
        others = [item for item in self.items if item is not middle]
        for codec in codecs:
            rest = self.items if codec.condition in alone else others
            yield from self._batches(codec, rest, parts)

    def _batches(
        self, codec: Codec, items: Sequence[Item], parts: int
    ) -> Iterator[Batch[Encoding]]:
        """Bitstreams of one condition, the longest items first."""
        if items:
            yield from batched([self.encoding(codec, i) for i in items], self.device, parts)

    def walk(self, find: Find) -> Iterator["Step"]:
        """Every draw of every item, condition by condition; `find` gives the records."""
        for codec in self.suite.codecs:
            for item in self.items:
                yield from self.steps(codec, item, find)

    def steps(self, codec: Codec, item: Item, find: Find) -> Iterator["Step"]:
        """Every draw of an item; `find` gives the records."""
        encoding = self.encoding(codec, item)
        encoded = find(encoding.key)
        for draw in self.draws(codec):
            yield Step(self, find, encoding, encoded, draw)

    def encoding(self, codec: Codec, item: Item) -> Encoding:
        """An item's bitstream."""
        return Encoding(codec, item, key_of("encode", self.maker(codec), item.sha256))

    def decoding(self, encoding: Encoding, draw: int, encoded: Record) -> Decoding:
        """A draw of its decoded audio, from the record of its bitstream."""
        codec, item = encoding.codec, encoding.item
        key = key_of("decode", self.maker(codec), encoded["sha256"], item.id, draw)
        return Decoding(codec, item, key, draw, encoded["sha256"])

    def scoring(self, decoding: Decoding, decoded: Record) -> Scoring:
        """Its scores, from the record of the decoded audio."""
        digest, reference = decoded["sha256"], self.reference(decoding.codec, decoding.item)
        keys = {name: self._score_key(reference, name, digest) for name in self.suite.metrics}
        match, pair = (key_of(what, digest, reference.sha256) for what in ("match", "pair"))
        return Scoring(decoding, reference, keys, match, pair, decoded["file_sha256"])

    def reference(self, codec: Codec, item: Item) -> Item:
        """What the decoded item is compared with: itself, or its clean reference; of a swapped
        control, those of the next item."""
        if codec.pairing == "own":
            return item.compared
        return self.items[(self._positions[item.id] + 1) % len(self.items)].compared

    def maker(self, codec: Codec) -> str:
        """Digest of what encodes and decodes a condition: see `identity`."""
        return self._makers[codec.condition]

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """Version of each metric: see `provenance.metric_version`."""
        level, rate = self.suite.normalize, self.suite.sample_rate
        return {name: metric_version(name, level, rate) for name in self.suite.metrics}

    def _score_key(self, reference: Item, metric: str, decoded: str) -> str:
        measure = metrics.get(metric)
        said = [reference.text if measure.needs_text else ""]
        if measure.languages and reference.language:
            said.append(reference.language)
        return key_of("score", decoded, reference.sha256, metric, self.versions[metric], *said)

    @cached_property
    def _makers(self) -> dict[str, str]:
        return {codec.condition: maker(codec, self.device) for codec in self.suite.codecs}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {item.id: position for position, item in enumerate(self.items)}


@dataclass(frozen=True)
class Step:
    """One draw of one item of one condition: its pieces, and the record of each that is done.

    A piece is None if the record that its key depends on is missing. Records are looked up when
    they are asked for.
    """

    plan: Plan
    find: Find
    encoding: Encoding
    encoded: Record | None
    draw: int

    @property
    def codec(self) -> Codec:
        return self.encoding.codec

    @property
    def item(self) -> Item:
        return self.encoding.item

    @cached_property
    def decoding(self) -> Decoding | None:
        """The decoded audio."""
        if self.encoded is None:
            return None
        return self.plan.decoding(self.encoding, self.draw, self.encoded)

    @cached_property
    def decoded(self) -> Record | None:
        return self.find(self.decoding.key) if self.decoding else None

    @cached_property
    def scoring(self) -> Scoring | None:
        """The scores."""
        if self.decoding is None or self.decoded is None:
            return None
        return self.plan.scoring(self.decoding, self.decoded)

    @cached_property
    def scores(self) -> Mapping[str, Record | None]:
        """By metric; all None where nothing is decoded."""
        if self.scoring is None:
            return dict.fromkeys(self.plan.suite.metrics)
        return {name: self.find(key) for name, key in self.scoring.keys.items()}

    @cached_property
    def match(self) -> Record | None:
        """The signatures of the pair: see `match`."""
        return self.find(self.scoring.match) if self.scoring else None
