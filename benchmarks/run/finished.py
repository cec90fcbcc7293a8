"""Which results of a plan exist already, and where new ones go.

A result exists if the journal has its record and its file has the recorded digest, or if the cache
has it. A result from the cache is written to the run's directory and journal as if the run had made
it. New results go to journal and cache.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from ..store.atomic import write_atomically
from ..store.cache import Cache, Stage
from ..store.contents import ContentError, check_content
from ..store.journal import Journal, Record
from ..store.run_directory import RunDirectory
from .pieces import Coding, Scoring
from .stages import DecodedFile, EncodedFile, Scored


class Finished:
    """The results of a run: finds those that exist, stores new ones."""

    def __init__(self, directory: RunDirectory, journal: Journal, cache: Cache | None) -> None:
        self._directory = directory
        self._journal = journal
        self._cache = cache
        self.restored: Counter[Stage] = Counter()  # results that came from the cache

    def find(self, pieces: Iterable[Coding]) -> tuple[list[tuple[Coding, Record]], list[Coding]]:
        """The pieces that are done, each with its record, and those that are not."""
        done: list[tuple[Coding, Record]] = []
        missing: list[Coding] = []
        restored: dict[str, Record] = {}
        for piece in pieces:
            record = self._journal.get(piece.key)
            if not (record and _is_whole(piece.path(self._directory), record.get(piece.digest))):
                record = self._restore(piece)
                if record is None:
                    missing.append(piece)
                    continue
                restored[piece.key] = {**piece.where, **record}
            done.append((piece, record))
        self._record(restored)
        return done, missing

    def add(
        self, pieces: Sequence[Coding], files: Sequence[EncodedFile | DecodedFile]
    ) -> list[tuple[Coding, Record]]:
        """Store what a stage made of these pieces; each with its record."""
        done: list[tuple[Coding, Record]] = [
            (piece, asdict(file)) for piece, file in zip(pieces, files, strict=True)
        ]
        self._record({piece.key: {**piece.where, **record} for piece, record in done})
        if self._cache:
            for piece, record in done:
                content = piece.path(self._directory).read_bytes()
                if sha256(content).hexdigest() == record[piece.digest]:
                    self._cache.put(piece.stage, piece.key, record, content)
        return done

    def unscored(self, scorings: Iterable[Scoring]) -> list[tuple[Scoring, list[str]]]:
        """The metrics that each of these still lacks; none for what is done."""
        found: list[tuple[Scoring, list[str]]] = []
        restored: dict[str, Record] = {}
        for one in scorings:
            missing = [name for name, key in one.keys.items() if not self._journal.get(key)]
            if missing and (entry := self._cached_scores(one)):
                wanted = {one.match, *(one.keys[name] for name in missing)}
                known = {key: record for key, record in entry.items() if key in wanted}
                restored |= {key: {**one.where, **record} for key, record in known.items()}
                self.restored["score"] += bool(known)
                missing = [name for name in missing if one.keys[name] not in known]
            found.append((one, missing))
        self._record(restored)
        return found

    def add_scores(self, one: Scoring, scored: Scored) -> None:
        """Store what the metrics said; failures are not stored."""
        match: Record = {
            "reference": scored.reference,
            "degraded": scored.degraded,
            **({"notices": scored.notices} if scored.notices else {}),
        }
        values: dict[str, Record] = {
            one.keys[outcome.metric]: {
                "metric": outcome.metric,
                "values": outcome.values,
                "undefined": outcome.error,
            }
            for outcome in scored.outcomes
            if not outcome.failed
        }
        new = values if self._journal.get(one.match) else {one.match: match, **values}
        self._record({key: {**one.where, **record} for key, record in new.items()})
        if self._cache:  # another run may have stored other metrics of the same pair meanwhile
            known = {**self._cached_scores(one), one.match: match, **values}
            self._cache.put("score", one.pair, known)

    def _cached_scores(self, one: Scoring) -> Record:
        entry = self._cache.get("score", one.pair) if self._cache else None
        return entry.record if entry else {}

    def _record(self, records: Mapping[str, Record]) -> None:
        if records:
            self._journal.append(records)

    def _restore(self, piece: Coding) -> Record | None:
        """Write the file of a cached result; its record."""
        entry = self._cache.get(piece.stage, piece.key) if self._cache else None
        if entry is None or sha256(entry.content).hexdigest() != entry.record[piece.digest]:
            return None
        # The journal knows the file's hash: a torn one is found and made again.
        write_atomically(piece.path(self._directory), entry.content, durable=False)
        self.restored[piece.stage] += 1
        return entry.record


def _is_whole(path: Path, digest: str | None) -> bool:
    """Does the file hold what the journal says? Another checkpoint may have written it since."""
    try:
        check_content(path, digest or "")
    except ContentError:
        return False
    return True
