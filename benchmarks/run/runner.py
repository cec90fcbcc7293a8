"""Runs a suite: encode, decode and score, each in its own worker processes.

The main process only schedules and records. A worker that crashes or hangs costs the one task it
was on: batches are tried again item by item, scores metric by metric, what died alone once more,
and what still fails becomes failure rows. Finished work is in the journal before anything else
happens to it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import Any, NamedTuple, TypeVar

from ...codecs import Codec
from ..store.journal import Record
from ..store.run_directory import RunDirectory, Stopped
from ..workers.failures import Misfit, died, lost, reason
from ..workers.interrupts import heard
from ..workers.work import Work, Workers, seconds_of
from .finished import Finished
from .pieces import Batch, Decoding, Encoding, Scoring
from .plan import Failures, Plan
from .progress import Progress
from .stages import (
    Decode,
    DecodedFile,
    Encode,
    EncodedFile,
    Score,
    Scored,
    coding_limit,
    scoring_limit,
)

R = TypeVar("R")


class _Running(NamedTuple):
    """A task of a condition's, and what to do when it ends."""

    condition: str
    scores: bool
    then: Callable[[Future[Any]], None]


class Runner:
    """One pass over a plan.

    Args:
        plan: what to do.
        directory: where to write.
        finished: what is done already.
        workers: who does the rest.
        progress: what is shown meanwhile.
    """

    def __init__(
        self,
        plan: Plan,
        directory: RunDirectory,
        finished: Finished,
        workers: Workers,
        progress: Progress,
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._finished = finished
        self._workers = workers
        self._progress = progress
        self._failures: Failures = {}
        self._again: deque[Batch[Encoding]] = deque()  # to be tried item by item
        self._running: dict[Future[Any], _Running] = {}  # in the order in which they are done
        self._scoring = 0
        self._retried: set[tuple[str, ...]] = set()

    def run(self) -> Failures:
        """Do all that is missing; the failures, by condition, item, draw and metric.

        Raises:
            KeyboardInterrupt: Ctrl-C.
            OSError: the journal cannot be written (a full disk).
            Stopped: weights or versions are no longer those of the plan, or the workers are gone.
        """
        batches = self._plan.batches(self._workers.coding_room)
        with heard() as interrupts, self._progress:
            batch = next(batches, None)
            while batch or self._again or self._running:
                interrupts.check()
                while (batch or self._again) and self._room():
                    if self._again:
                        self._encode(self._again.popleft())
                    elif batch:
                        self._encode(batch)
                        batch = next(batches, None)
                self._progress.now(self._first(scores=False), self._first(scores=True))
                done, _ = wait(self._running, timeout=1, return_when=FIRST_COMPLETED)
                for future in done:
                    self._running.pop(future).then(future)
        return self._failures

    def _first(self, *, scores: bool) -> str:
        """The condition that is being scored, or coded: of the task that was submitted first."""
        names = (task.condition for task in self._running.values() if task.scores is scores)
        return next(names, "")

    def _room(self) -> bool:
        coding = len(self._running) - self._scoring
        return coding < self._workers.coding_room and self._scoring < self._workers.scoring_room

    def _encode(self, batch: Batch[Encoding]) -> None:
        done, missing = self._finished.find(batch.pieces)
        self._progress.found("encode", [piece for piece, _ in done])
        if missing:
            self._submit_encode(Batch(tuple(missing)))
        self._decode(done)

    def _submit_encode(self, batch: Batch[Encoding]) -> None:
        request = Encode(
            codec=batch.codec,
            device=self._plan.device,
            items=batch.ids,
            recordings=[piece.item.path for piece in batch.pieces],
            streams=[piece.path(self._directory) for piece in batch.pieces],
            maker=self._plan.maker(batch.codec),
            hashes=[piece.item.sha256 for piece in batch.pieces],
        )
        work = Work(request, coding_limit(batch.seconds), self._owner(batch.codec))
        self._submit(work, batch.codec.condition, partial(self._encoded, batch))

    def _encoded(self, batch: Batch[Encoding], task: "Future[list[EncodedFile]]") -> None:
        if error := task.exception():
            self._stop_at(error)
            if len(batch.pieces) > 1:
                self._again.extend(batch.split())
            elif self._once_more(error, batch.pieces[0]):
                self._submit_encode(batch)
            else:
                self._progress.found("encode", batch.pieces)
                for draw in self._plan.draws(batch.codec):
                    self._progress.found("decode", batch.pieces)
                    self._fail(batch.pieces[0], draw, f"encode: {reason(error)}")
            return
        self._progress.took("encode", batch.pieces, seconds_of(task))
        self._decode(self._finished.add(batch.pieces, task.result()))

    def _decode(self, encoded: Sequence[tuple[Encoding, Record]]) -> None:
        if not encoded:
            return
        for draw in self._plan.draws(encoded[0][0].codec):
            pieces = [self._plan.decoding(piece, draw, record) for piece, record in encoded]
            done, missing = self._finished.find(pieces)
            self._progress.found("decode", [piece for piece, _ in done])
            if missing:
                self._submit_decode(Batch(tuple(missing)))
            self._score(done)

    def _submit_decode(self, batch: Batch[Decoding]) -> None:
        request = Decode(
            codec=batch.codec,
            device=self._plan.device,
            items=batch.ids,
            draw=batch.pieces[0].draw,
            streams=[
                self._directory.stream(batch.codec.condition, piece.item.id)
                for piece in batch.pieces
            ],
            targets=[piece.path(self._directory) for piece in batch.pieces],
            maker=self._plan.maker(batch.codec),
            hashes=[piece.stream_hash for piece in batch.pieces],
        )
        work = Work(request, coding_limit(batch.seconds), self._owner(batch.codec))
        self._submit(work, batch.codec.condition, partial(self._decoded, batch))

    def _decoded(self, batch: Batch[Decoding], task: "Future[list[DecodedFile]]") -> None:
        if error := task.exception():
            self._stop_at(error)
            if len(batch.pieces) > 1:
                for single in batch.split():
                    self._submit_decode(single)
            elif self._once_more(error, batch.pieces[0]):
                self._submit_decode(batch)
            else:
                piece = batch.pieces[0]
                self._progress.found("decode", [piece])
                self._fail(piece, piece.draw, f"decode: {reason(error)}")
            return
        self._progress.took("decode", batch.pieces, seconds_of(task))
        self._score(self._finished.add(batch.pieces, task.result()))

    def _score(self, decoded: Sequence[tuple[Decoding, Record]]) -> None:
        scorings = [self._plan.scoring(piece, record) for piece, record in decoded]
        for one, missing in self._finished.unscored(scorings):
            if missing:
                self._submit_score(one, missing, whole=True)
            else:
                self._progress.advance(one.decoding)

    def _submit_score(self, one: Scoring, names: Sequence[str], *, whole: bool) -> None:
        request = Score(
            reference=one.reference.path,
            degraded=one.decoding.path(self._directory),
            metrics=names,
            text=one.reference.text,
            language=one.reference.language,
            versions={name: self._plan.versions[name] for name in names},
            level=self._plan.suite.normalize,
            rate=self._plan.suite.sample_rate,
            hashes=one.hashes,
        )
        self._scoring += 1
        work = Work(request, scoring_limit(one.item.seconds))
        self._submit(work, one.codec.condition, partial(self._scored, one, names, whole))

    def _scored(
        self, one: Scoring, names: Sequence[str], whole: bool, task: "Future[Scored]"
    ) -> None:
        self._scoring -= 1
        error = task.exception()
        if error:
            self._stop_at(error)
        if lost(error) and len(names) > 1:
            for name in names:
                self._submit_score(one, [name], whole=False)
        elif error and self._once_more(error, one.decoding, *names):
            self._submit_score(one, names, whole=False)
        elif error:
            for name in names:
                self._fail_metric(one, name, reason(error))
        else:
            scored = task.result()
            self._finished.add_scores(one, scored)
            for outcome in scored.outcomes:
                if outcome.failed:
                    self._fail_metric(one, outcome.metric, outcome.error)
        if whole:
            self._progress.advance(one.decoding, None if error else seconds_of(task))

    def _submit(self, work: Work[R], condition: str, then: "Callable[[Future[R]], None]") -> None:
        scores = work.request.stage == "score"
        self._running[self._workers.submit(work)] = _Running(condition, scores, then)

    def _owner(self, codec: Codec) -> str:
        return codec.condition if codec.condition in self._plan.suite.isolated else ""

    def _stop_at(self, error: BaseException) -> None:
        """End the run on an error that every further task would meet, too."""
        if isinstance(error, Misfit):
            raise Stopped(str(error)) from error
        if isinstance(error, Stopped):
            raise error

    def _once_more(self, error: BaseException, piece: Encoding | Decoding, *metrics: str) -> bool:
        """May a task be tried again? Once, if its process died: it may not be its own fault."""
        task = piece.key, piece.codec.condition, piece.item.id, *metrics
        if not died(error) or task in self._retried:
            return False
        self._retried.add(task)
        return True

    def _fail(self, piece: Encoding | Decoding, draw: int, why: str) -> None:
        for name in self._plan.suite.metrics:
            self._failures[piece.codec.condition, piece.item.id, draw, name] = why
        self._progress.advance(piece)

    def _fail_metric(self, one: Scoring, metric: str, why: str) -> None:
        decoding = one.decoding
        self._failures[one.codec.condition, one.item.id, decoding.draw, metric] = why
