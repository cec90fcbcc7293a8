"""Runs a suite: encode, decode and score, each in its own worker processes.

The main process only schedules and records. A worker that crashes or hangs costs the one task it
was on: batches are tried again item by item, scores metric by metric, what died alone once more,
and what still fails becomes failure rows. Finished work is in the journal before anything else
happens to it.
"""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from math import ceil
from typing import Any

from tqdm import tqdm

from ...codecs import Codec
from ..data.items import Item
from ..store.rundir import RunDirectory, Stopped
from ..workers.interrupts import heard
from ..workers.local import Work, Workers
from ..workers.pool import died, lost, reason
from . import stages
from .finished import Decoded, Finished, Streams
from .identity import Misfit
from .plan import Batch, Plan

# A task is killed after these seconds, and so many more for each second of audio in it.
START_LIMIT = 300.0
CODING_LIMIT = 60.0
SCORING_LIMIT = 20.0

Failures = dict[tuple[str, str, int, str], str]  # condition, item, draw, metric -> reason


class Runner:
    """One pass over a plan.

    Args:
        plan: what to do.
        directory: where to write.
        finished: what is done already.
        workers: who does the rest.
    """

    def __init__(
        self, plan: Plan, directory: RunDirectory, finished: Finished, workers: Workers
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._finished = finished
        self._workers = workers
        self._failures: Failures = {}
        self._again: deque[Batch] = deque()  # batches to be tried item by item
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._scoring = 0
        self._retried: set[tuple[object, ...]] = set()

    def run(self) -> Failures:
        """Do all that is missing; the failures, by condition, item, draw and metric.

        Raises:
            KeyboardInterrupt: Ctrl-C.
            OSError: the journal cannot be written (a full disk).
            Stopped: weights or versions are no longer those of the plan, or the workers are gone.
        """
        audio = sum(item.seconds for item in self._plan.items)
        draws = sum(len(self._plan.draws(codec)) for codec in self._plan.suite.codecs)
        batches = self._plan.batches(self._workers.coding_room)
        with (
            heard() as interrupts,
            tqdm(
                total=ceil(audio * draws),
                desc="audio",
                smoothing=0.05,
                bar_format="{desc} {percentage:3.0f}% |{bar:30}| {n:.0f}/{total:.0f} s "
                "[{elapsed}, {remaining} left] {postfix}",
                mininterval=0.2 if sys.stderr.isatty() else 15,
            ) as self._bar,
        ):
            batch = next(batches, None)
            while batch or self._again or self._running:
                interrupts.check()
                while (batch or self._again) and self._room():
                    if self._again:
                        self._encode(self._again.popleft())
                    elif batch:
                        self._encode(batch)
                        batch = next(batches, None)
                done, _ = wait(self._running, timeout=1, return_when=FIRST_COMPLETED)
                for future in done:
                    self._running.pop(future)(future)
        return self._failures

    def _room(self) -> bool:
        coding = len(self._running) - self._scoring
        return coding < self._workers.coding_room and self._scoring < self._workers.scoring_room

    def _encode(self, batch: Batch) -> None:
        self._bar.set_postfix_str(batch.codec.condition, refresh=False)
        streams = self._finished.streams(batch.codec, batch.items)
        missing = tuple(item for item in batch.items if item.id not in streams)
        if missing:
            self._submit_encode(Batch(batch.codec, missing))
        if streams:
            ready = tuple(item for item in batch.items if item.id in streams)
            self._decode(Batch(batch.codec, ready), streams)

    def _submit_encode(self, batch: Batch) -> None:
        codec = batch.codec
        recordings = [item.path for item in batch.items]
        ids = [item.id for item in batch.items]
        streams = [self._directory.stream(codec.condition, item.id) for item in batch.items]
        work = Work(
            "encode",
            stages.encode,
            (codec, self._plan.device, recordings, ids, streams, self._plan.maker(codec)),
            START_LIMIT + CODING_LIMIT * batch.seconds,
            self._plan.device,
            reads=tuple(recordings),
            writes=tuple(streams),
            owner=self._owner(codec),
        )
        self._submit(work, partial(self._encoded, batch))

    def _encoded(self, batch: Batch, task: Future[Any]) -> None:
        if error := task.exception():
            self._stop_at(error)
            if len(batch.items) > 1:
                self._again.extend(batch.split())
            elif self._once_more(error, "encode", batch.codec, batch.items):
                self._submit_encode(batch)
            else:
                for draw in self._plan.draws(batch.codec):
                    self._fail(batch.codec, batch.items[0], draw, f"encode: {reason(error)}")
            return
        self._decode(batch, self._finished.add_streams(batch.codec, batch.items, task.result()))

    def _decode(self, batch: Batch, streams: Streams) -> None:
        for draw in self._plan.draws(batch.codec):
            decoded = self._finished.decoded(batch.codec, batch.items, draw, streams)
            done = {one.item.id for one in decoded}
            missing = tuple(item for item in batch.items if item.id not in done)
            if missing:
                self._submit_decode(Batch(batch.codec, missing), draw, streams)
            self._score(decoded)

    def _submit_decode(self, batch: Batch, draw: int, streams: Streams) -> None:
        codec = batch.codec
        ids = [item.id for item in batch.items]
        files = [self._directory.stream(codec.condition, item) for item in ids]
        targets = [self._directory.decoded(codec.condition, item, draw) for item in ids]
        work = Work(
            "decode",
            stages.decode,
            (codec, self._plan.device, files, ids, draw, targets, self._plan.maker(codec)),
            START_LIMIT + CODING_LIMIT * batch.seconds,
            self._plan.device,
            reads=tuple(files),
            writes=tuple(targets),
            owner=self._owner(codec),
        )
        self._submit(work, partial(self._decoded, batch, draw, streams))

    def _decoded(self, batch: Batch, draw: int, streams: Streams, task: Future[Any]) -> None:
        if error := task.exception():
            self._stop_at(error)
            if len(batch.items) > 1:
                for single in batch.split():
                    self._submit_decode(single, draw, streams)
            elif self._once_more(error, draw, batch.codec, batch.items):
                self._submit_decode(batch, draw, streams)
            else:
                self._fail(batch.codec, batch.items[0], draw, f"decode: {reason(error)}")
            return
        records = task.result()
        self._score(self._finished.add_decoded(batch.codec, batch.items, draw, streams, records))

    def _score(self, decoded: Sequence[Decoded]) -> None:
        for one, missing in self._finished.unscored(decoded):
            if missing:
                self._submit_score(one, missing, whole=True)
            else:
                self._bar.update(one.item.seconds)

    def _submit_score(self, one: Decoded, names: Sequence[str], *, whole: bool) -> None:
        reference = self._plan.reference(one.codec, one.item)
        degraded = self._directory.decoded(one.codec.condition, one.item.id, one.draw)
        versions = {name: self._plan.versions[name] for name in names}
        work = Work(
            "score",
            stages.score,
            (reference.path, degraded, names, reference.text, versions),
            START_LIMIT + SCORING_LIMIT * one.item.seconds,
            "cpu",
            reads=(reference.path, degraded),
            writes=(),
        )
        self._scoring += 1
        self._submit(work, partial(self._scored, one, names, whole))

    def _scored(self, one: Decoded, names: Sequence[str], whole: bool, task: Future[Any]) -> None:
        self._scoring -= 1
        error = task.exception()
        if error:
            self._stop_at(error)
        if lost(error) and len(names) > 1:
            for name in names:
                self._submit_score(one, [name], whole=False)
        elif error and self._once_more(error, one, *names):
            self._submit_score(one, names, whole=False)
        elif error:
            for name in names:
                self._fail_metric(one, name, reason(error))
        else:
            outcomes, match = task.result()
            self._finished.add_scores(one, outcomes, match)
            for outcome in outcomes:
                if outcome.error and not outcome.undefined:
                    self._fail_metric(one, outcome.metric, outcome.error)
        if whole:
            self._bar.update(one.item.seconds)

    def _submit(self, work: Work, then: Callable[[Future[Any]], None]) -> None:
        self._running[self._workers.submit(work)] = then

    def _owner(self, codec: Codec) -> str:
        return codec.condition if codec.condition in self._plan.suite.isolated else ""

    def _stop_at(self, error: BaseException) -> None:
        """End the run where going on would only make failures of what has not failed."""
        if isinstance(error, Misfit):
            raise Stopped(str(error)) from error
        if isinstance(error, Stopped):
            raise error

    def _once_more(self, error: BaseException, *task: object) -> bool:
        """Is it worth another try? Its process may have been killed by others, once."""
        if not died(error) or task in self._retried:
            return False
        self._retried.add(task)
        return True

    def _fail(self, codec: Codec, item: Item, draw: int, why: str) -> None:
        for name in self._plan.suite.metrics:
            self._failures[codec.condition, item.id, draw, name] = why
        self._bar.update(item.seconds)

    def _fail_metric(self, one: Decoded, metric: str, why: str) -> None:
        self._failures[one.codec.condition, one.item.id, one.draw, metric] = why
