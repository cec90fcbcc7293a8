"""What of a plan is done: in the journal with its file whole, or in the cache.

Whatever is found in the cache is put where the run itself would have put it, file and record. New
results go to both.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...codecs import Codec
from ..data.items import Item
from ..store.atomic import write_atomically
from ..store.cache import Cache, Stage
from ..store.journal import Journal, Record
from ..store.rundir import RunDirectory
from . import stages
from .plan import Plan

Streams = Mapping[str, str]  # hash of the bitstream, by item


@dataclass(frozen=True)
class Decoded:
    """One decoded item and the hash of its audio."""

    codec: Codec
    item: Item
    draw: int
    sha256: str


class Finished:
    """Answers for each stage what is done, and takes what is done now."""

    def __init__(
        self, plan: Plan, directory: RunDirectory, journal: Journal, cache: Cache | None
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._journal = journal
        self._cache = cache
        self.restored: Counter[Stage] = Counter()  # results that came from the cache

    def streams(self, codec: Codec, items: Sequence[Item]) -> Streams:
        """The bitstreams that are there."""
        found: dict[str, str] = {}
        restored: dict[str, Record] = {}
        for item in items:
            key = self._plan.encode_key(codec, item)
            path = self._directory.stream(codec.condition, item.id)
            record = self._journal.get(key)
            if not (record and _is_whole(path, record["sha256"])):
                record = self._restore("encode", key, path, "sha256")
                if record is None:
                    continue
                restored[key] = {"condition": codec.condition, "item": item.id, **record}
            found[item.id] = record["sha256"]
        self._record(restored)
        return found

    def add_streams(
        self, codec: Codec, items: Sequence[Item], records: Sequence[Record]
    ) -> Streams:
        """Take what `stages.encode` returned."""
        self._record(
            {
                self._plan.encode_key(codec, item): {
                    "condition": codec.condition,
                    "item": item.id,
                    **record,
                }
                for item, record in zip(items, records, strict=True)
            }
        )
        for item, record in zip(items, records, strict=True):
            path = self._directory.stream(codec.condition, item.id)
            self._store("encode", self._plan.encode_key(codec, item), record, path, "sha256")
        return {i.id: record["sha256"] for i, record in zip(items, records, strict=True)}

    def decoded(
        self, codec: Codec, items: Sequence[Item], draw: int, streams: Streams
    ) -> list[Decoded]:
        """The decoded items that are there."""
        found: list[Decoded] = []
        restored: dict[str, Record] = {}
        for item in items:
            key = self._plan.decode_key(codec, item, draw, streams[item.id])
            path = self._directory.decoded(codec.condition, item.id, draw)
            record = self._journal.get(key)
            if not (record and _is_whole(path, record["file_sha256"])):
                record = self._restore("decode", key, path, "file_sha256")
                if record is None:
                    continue
                where = {"condition": codec.condition, "item": item.id, "draw": draw}
                restored[key] = {**where, **record}
            found.append(Decoded(codec, item, draw, record["sha256"]))
        self._record(restored)
        return found

    def add_decoded(
        self,
        codec: Codec,
        items: Sequence[Item],
        draw: int,
        streams: Streams,
        records: Sequence[Record],
    ) -> list[Decoded]:
        """Take what `stages.decode` returned."""
        keys = [self._plan.decode_key(codec, item, draw, streams[item.id]) for item in items]
        self._record(
            {
                key: {"condition": codec.condition, "item": item.id, "draw": draw, **record}
                for key, item, record in zip(keys, items, records, strict=True)
            }
        )
        for key, item, record in zip(keys, items, records, strict=True):
            path = self._directory.decoded(codec.condition, item.id, draw)
            self._store("decode", key, record, path, "file_sha256")
        return [
            Decoded(codec, item, draw, record["sha256"])
            for item, record in zip(items, records, strict=True)
        ]

    def unscored(self, decoded: Iterable[Decoded]) -> list[tuple[Decoded, list[str]]]:
        """The metrics that each of these still lacks; none for what is done."""
        found: list[tuple[Decoded, list[str]]] = []
        restored: dict[str, Record] = {}
        for one in decoded:
            missing = self._missing(one)
            if missing and (entry := self._cached_scores(one)):
                wanted = {self._match_key(one), *(self._score_key(one, name) for name in missing)}
                known = {key: record for key, record in entry.items() if key in wanted}
                restored |= {key: {**_where(one), **record} for key, record in known.items()}
                self.restored["score"] += bool(known)
                missing = [name for name in missing if self._score_key(one, name) not in known]
            found.append((one, missing))
        self._record(restored)
        return found

    def add_scores(
        self, one: Decoded, outcomes: Sequence[stages.Outcome], match: Mapping[str, str]
    ) -> None:
        """Take what `stages.score` returned, but for the failures."""
        new: dict[str, Record] = {self._match_key(one): match}
        for outcome in outcomes:
            if not outcome.error or outcome.undefined:
                new[self._score_key(one, outcome.metric)] = {
                    "metric": outcome.metric,
                    "values": outcome.values,
                    "undefined": outcome.error,
                }
        self._record(
            {
                key: {**_where(one), **record}
                for key, record in new.items()
                if key != self._match_key(one) or not self._journal.get(key)
            }
        )
        if self._cache:  # another run may have stored other metrics of the same pair meanwhile
            known = self._cached_scores(one)
            self._cache.put("score", self._pair_key(one), {**known, **new})

    def _missing(self, one: Decoded) -> list[str]:
        return [
            name
            for name in self._plan.suite.metrics
            if not self._journal.get(self._score_key(one, name))
        ]

    def _cached_scores(self, one: Decoded) -> Record:
        entry = self._cache.get("score", self._pair_key(one)) if self._cache else None
        return entry.record if entry else {}

    def _score_key(self, one: Decoded, metric: str) -> str:
        return self._plan.score_key(one.codec, one.item, metric, one.sha256)

    def _match_key(self, one: Decoded) -> str:
        return self._plan.match_key(one.codec, one.item, one.sha256)

    def _pair_key(self, one: Decoded) -> str:
        return self._plan.pair_key(one.codec, one.item, one.sha256)

    def _record(self, records: Mapping[str, Record]) -> None:
        if records:
            self._journal.append(records)

    def _restore(self, stage: Stage, key: str, path: Path, digest: str) -> Record | None:
        """Write the file of a cached result; its record."""
        entry = self._cache.get(stage, key) if self._cache else None
        if entry is None or sha256(entry.content).hexdigest() != entry.record[digest]:
            return None
        # The journal knows the file's hash: a torn one is found and made again.
        write_atomically(path, entry.content, durable=False)
        self.restored[stage] += 1
        return entry.record

    def _store(self, stage: Stage, key: str, record: Record, path: Path, digest: str) -> None:
        if self._cache:
            content = path.read_bytes()
            if sha256(content).hexdigest() == record[digest]:
                self._cache.put(stage, key, record, content)


def _where(one: Decoded) -> dict[str, Any]:
    return {"condition": one.codec.condition, "item": one.item.id, "draw": one.draw}


def _is_whole(path: Path, digest: str) -> bool:
    """Does the file hold what the journal says? Another checkpoint may have written it since."""
    try:
        return sha256(path.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False
