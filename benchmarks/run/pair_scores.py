"""Scores of pairs of recordings without a run: the third stage alone, in processes that may die.

What a run does for its decoded audio is done here for files: the same stage reads, resamples and
measures them, so that the values are those of a run, bit for bit, if the files hold what a run's
would: 16-bit samples, as many as their references. A metric that kills its process costs its own
value and no other.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import NamedTuple

import pandas as pd

from ... import metrics
from ..data.pairs import Pair
from ..store.results import ROW_COLUMNS, UNDEFINED, Row
from ..store.scores import Scores
from ..workers.failures import died, lost, reason
from ..workers.work import Work, Workers
from .stages import Outcome, Score, Scored, scoring_limit

CONDITION = "degraded"  # the name under which statistics know all these pairs


class PairScored(NamedTuple):
    """A pair, what each metric said of it, and what was done to its signals."""

    pair: Pair
    outcomes: tuple[Outcome, ...]
    notices: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, float]:
        """Every measured value by column."""
        return {c: value for one in self.outcomes for c, value in one.values.items()}

    @property
    def errors(self) -> dict[str, str]:
        """Why there is no value, by metric."""
        return {
            one.metric: UNDEFINED * one.undefined + one.error for one in self.outcomes if one.error
        }

    @property
    def failed(self) -> bool:
        """Is there no value somewhere though one should exist?"""
        return any(one.failed for one in self.outcomes)


def score_pairs(
    pairs: Sequence[Pair], names: Sequence[str], workers: Workers
) -> Iterator[PairScored]:
    """What the metrics of these names say of each pair, in order, each as soon as it is known."""
    waiting: deque[tuple[Pair, Future[Scored] | None]] = deque()
    rest = iter(pairs)
    while True:
        while len(waiting) < workers.scoring_room and (pair := next(rest, None)):
            waiting.append((pair, None if pair.fault else _submit(pair, names, workers)))
        if not waiting:
            return
        pair, task = waiting.popleft()
        if task is None:
            yield PairScored(pair, tuple(Outcome(name, {}, pair.fault) for name in names))
        else:
            yield _scored(pair, names, task, workers)


def _scored(
    pair: Pair, names: Sequence[str], task: "Future[Scored]", workers: Workers
) -> PairScored:
    """A finished task; of one whose process died or hung, each metric anew."""
    error = task.exception()
    if error is None:
        scored = task.result()
        return PairScored(pair, scored.outcomes, scored.notices)
    if lost(error) and len(names) > 1:
        parts = [_scored(pair, [n], _submit(pair, [n], workers), workers) for n in names]
        notices = dict.fromkeys(notice for part in parts for notice in part.notices)
        return PairScored(pair, tuple(o for part in parts for o in part.outcomes), tuple(notices))
    if died(error):  # alone: once more, for it may not be its own fault
        error = (task := _submit(pair, names, workers)).exception()
        if error is None:
            return PairScored(pair, task.result().outcomes, task.result().notices)
    return PairScored(pair, tuple(Outcome(name, {}, reason(error)) for name in names))


def _submit(pair: Pair, names: Sequence[str], workers: Workers) -> "Future[Scored]":
    assert pair.degraded, "a pair without a fault has both files"
    item = pair.item
    request = Score(item.path, pair.degraded, names, text=item.text, language=item.language)
    return workers.submit(Work(request, scoring_limit(pair.item.seconds)))


def scores_of(found: Sequence[PairScored], names: Sequence[str]) -> Scores:
    """The values of scored pairs as those of one condition, for statistics."""
    rows = [row for one in found for row in _rows(one)]
    condition = {"condition": CONDITION, "codec": CONDITION, "kind": "codec", "nominal_kbps": 0.0}
    items = [{"id": one.pair.item.id, "speaker": one.pair.item.speaker} for one in found]
    return Scores.measured_by(
        names, pd.DataFrame(rows, columns=list(ROW_COLUMNS)), [condition], items
    )


def _rows(one: PairScored) -> Iterator[Row]:
    for outcome in one.outcomes:
        for column in metrics.get(outcome.metric).measures:
            value = outcome.values.get(column, float("nan"))
            error = one.errors.get(outcome.metric, "")
            yield Row(CONDITION, one.pair.item.id, 0, column, value, error)
