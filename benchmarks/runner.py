"""Runs a suite: encode, decode and score, each in its own worker processes.

The main process only schedules and records. A worker that crashes or hangs costs the one task it
was on: batches are tried again item by item, scores metric by metric, and what still fails
becomes failure rows. Finished work is in the journal before anything else happens to it.
"""

import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..codecs import Codec
from . import stages
from .items import Item
from .journal import Journal, Record
from .plan import Batch, Plan
from .pool import Pool, lost, reason
from .rundir import RunDirectory

# A task is killed after these seconds, and so many more for each second of audio in it.
START_LIMIT = 300.0
CODING_LIMIT = 60.0
SCORING_LIMIT = 20.0

_CODING_AHEAD = 2  # batches in each coding stage: one runs, the next is ready

Failures = dict[tuple[str, str, int, str], str]  # condition, item, draw, metric -> reason


@dataclass(frozen=True)
class Decoded:
    """One decoded item and the hash of its audio."""

    codec: Codec
    item: Item
    draw: int
    sha256: str


class Runner:
    """One pass over a plan.

    Args:
        plan: what to do.
        directory: where to write.
        journal: what is done already.
        workers: processes that score.
    """

    def __init__(self, plan: Plan, directory: RunDirectory, journal: Journal, workers: int) -> None:
        self._plan = plan
        self._directory = directory
        self._journal = journal
        self._workers = workers
        self._failures: Failures = {}
        self._waiting: deque[Batch] = deque()
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._scoring = 0

    def run(self) -> Failures:
        """Do all that is missing; the failures, by condition, item, draw and metric.

        Raises:
            OSError: the journal cannot be written (a full disk).
        """
        self._waiting.extend(self._plan.batches())
        seconds = sum(b.seconds * len(self._plan.draws(b.codec)) for b in self._waiting)
        with ExitStack() as stack:
            self._encoder = stack.enter_context(Pool(1))
            self._decoder = stack.enter_context(Pool(1))
            self._scorers = stack.enter_context(Pool(self._workers))
            self._bar = stack.enter_context(
                tqdm(
                    total=ceil(seconds),
                    desc="audio",
                    smoothing=0.05,
                    bar_format="{desc} {percentage:3.0f}% |{bar:30}| {n:.0f}/{total:.0f} s "
                    "[{elapsed}, {remaining} left] {postfix}",
                    mininterval=0.2 if sys.stderr.isatty() else 15,
                )
            )
            while self._waiting or self._running:
                while self._waiting and self._room():
                    self._encode(self._waiting.popleft())
                done, _ = wait(self._running, timeout=1, return_when=FIRST_COMPLETED)
                for future in done:
                    self._running.pop(future)(future)
        return self._failures

    def _room(self) -> bool:
        coding = len(self._running) - self._scoring
        return coding < 2 * _CODING_AHEAD and self._scoring < 32 * self._workers

    def _encode(self, batch: Batch) -> None:
        self._bar.set_postfix_str(batch.codec.condition)
        missing = tuple(i for i in batch.items if self._stream_hash(batch.codec, i) is None)
        ready = tuple(i for i in batch.items if i not in missing)
        if missing:
            part = Batch(batch.codec, missing)
            task = self._encoder.submit(
                START_LIMIT + CODING_LIMIT * part.seconds,
                stages.encode,
                part.codec,
                self._plan.device,
                [item.path for item in missing],
                [self._directory.stream(part.codec.condition, item.id) for item in missing],
            )
            self._running[task] = partial(self._encoded, part)
        if ready:
            self._decode(Batch(batch.codec, ready), self._plan.draws(batch.codec))

    def _encoded(self, batch: Batch, task: Future[Any]) -> None:
        if error := task.exception():
            if len(batch.items) > 1:
                self._waiting.extendleft(batch.split())
            else:
                for draw in self._plan.draws(batch.codec):
                    self._fail(batch.codec, batch.items[0], draw, f"encode: {reason(error)}")
            return
        self._journal.append(
            {
                self._plan.encode_key(batch.codec, item): {
                    "condition": batch.codec.condition,
                    "item": item.id,
                    **record,
                }
                for item, record in zip(batch.items, task.result(), strict=True)
            }
        )
        self._decode(batch, self._plan.draws(batch.codec))

    def _decode(self, batch: Batch, draws: Sequence[int]) -> None:
        for draw in draws:
            missing = []
            for item in batch.items:
                decoded = self._decoded_hash(batch.codec, item, draw)
                if decoded is None:
                    missing.append(item)
                else:
                    self._score(Decoded(batch.codec, item, draw, decoded))
            if missing:
                self._submit_decode(Batch(batch.codec, tuple(missing)), draw)

    def _submit_decode(self, batch: Batch, draw: int) -> None:
        condition = batch.codec.condition
        task = self._decoder.submit(
            START_LIMIT + CODING_LIMIT * batch.seconds,
            stages.decode,
            batch.codec,
            self._plan.device,
            [self._directory.stream(condition, item.id) for item in batch.items],
            [item.id for item in batch.items],
            draw,
            [self._directory.decoded(condition, item.id, draw) for item in batch.items],
        )
        self._running[task] = partial(self._decoded, batch, draw)

    def _decoded(self, batch: Batch, draw: int, task: Future[Any]) -> None:
        if error := task.exception():
            if len(batch.items) > 1:
                for single in batch.split():
                    self._submit_decode(single, draw)
            else:
                self._fail(batch.codec, batch.items[0], draw, f"decode: {reason(error)}")
            return
        for item, record in zip(batch.items, task.result(), strict=True):
            stream = self._stream_hash(batch.codec, item)
            assert stream is not None, "decoded before it was encoded"
            key = self._plan.decode_key(batch.codec, item, draw, stream)
            where = {"condition": batch.codec.condition, "item": item.id, "draw": draw}
            self._journal.append({key: {**where, **record}})
            self._score(Decoded(batch.codec, item, draw, record["sha256"]))

    def _score(self, decoded: Decoded) -> None:
        codec, item = decoded.codec, decoded.item
        missing = [
            name
            for name in self._plan.suite.metrics
            if not self._journal.get(self._plan.score_key(codec, item, name, decoded.sha256))
        ]
        if missing:
            self._submit_score(decoded, missing, whole=True)
        else:
            self._bar.update(item.seconds)

    def _submit_score(self, decoded: Decoded, names: Sequence[str], *, whole: bool) -> None:
        codec, item = decoded.codec, decoded.item
        task = self._scorers.submit(
            START_LIMIT + SCORING_LIMIT * item.seconds,
            stages.score,
            self._plan.reference(codec, item).path,
            self._directory.decoded(codec.condition, item.id, decoded.draw),
            names,
        )
        self._scoring += 1
        self._running[task] = partial(self._scored, decoded, names, whole)

    def _scored(
        self, decoded: Decoded, names: Sequence[str], whole: bool, task: Future[Any]
    ) -> None:
        self._scoring -= 1
        error = task.exception()
        if lost(error) and len(names) > 1:
            for name in names:
                self._submit_score(decoded, [name], whole=False)
        elif error:
            for name in names:
                self._fail_metric(decoded, name, reason(error))
        else:
            self._record(decoded, *task.result())
        if whole:
            self._bar.update(decoded.item.seconds)

    def _record(
        self, decoded: Decoded, outcomes: Sequence[stages.Outcome], match: Mapping[str, str]
    ) -> None:
        codec, item = decoded.codec, decoded.item
        where = {"condition": codec.condition, "item": item.id, "draw": decoded.draw}
        match_key = self._plan.match_key(codec, item, decoded.sha256)
        records: dict[str, Record] = {}
        if not self._journal.get(match_key):
            records[match_key] = {**where, **match}
        for outcome in outcomes:
            if outcome.error and not outcome.undefined:
                self._fail_metric(decoded, outcome.metric, outcome.error)
                continue
            records[self._plan.score_key(codec, item, outcome.metric, decoded.sha256)] = {
                **where,
                "metric": outcome.metric,
                "values": outcome.values,
                "undefined": outcome.error,
            }
        self._journal.append(records)

    def _stream_hash(self, codec: Codec, item: Item) -> str | None:
        record = self._journal.get(self._plan.encode_key(codec, item))
        path = self._directory.stream(codec.condition, item.id)
        return record["sha256"] if record and _is_whole(path, record["sha256"]) else None

    def _decoded_hash(self, codec: Codec, item: Item, draw: int) -> str | None:
        stream = self._stream_hash(codec, item)
        if stream is None:
            return None
        record = self._journal.get(self._plan.decode_key(codec, item, draw, stream))
        path = self._directory.decoded(codec.condition, item.id, draw)
        return record["sha256"] if record and _is_whole(path, record["file_sha256"]) else None

    def _fail(self, codec: Codec, item: Item, draw: int, why: str) -> None:
        for name in self._plan.suite.metrics:
            self._failures[codec.condition, item.id, draw, name] = why
        self._bar.update(item.seconds)

    def _fail_metric(self, decoded: Decoded, metric: str, why: str) -> None:
        key = (decoded.codec.condition, decoded.item.id, decoded.draw, metric)
        self._failures[key] = why


def _is_whole(path: Path, digest: str) -> bool:
    """Does the file hold what the journal says? Another checkpoint may have written it since."""
    try:
        return sha256(path.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False
