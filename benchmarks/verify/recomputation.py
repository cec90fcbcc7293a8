"""Encodes, decodes and scores items of a finished run again, and says what comes out differently.

Bitstreams must have the same bytes and decoded audio the same samples; values may differ by what
another processor's arithmetic does to them.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...codecs import Codec
from ..data.items import Item
from ..run import stages
from ..run.plan import Plan
from ..run.runner import CODING_LIMIT, SCORING_LIMIT, START_LIMIT
from ..store.journal import Journal
from ..store.rundir import RunDirectory
from ..workers.pool import Pool, reason

TOLERANCE = 1e-4  # of values: relative above 1, absolute below


class Recomputation:
    """Encodes, decodes and scores items of a run again, each in a process that may die."""

    def __init__(self, plan: Plan, journal: Journal, directory: RunDirectory) -> None:
        self._plan = plan
        self._journal = journal
        self._directory = directory

    def differences(self, part: Sequence[tuple[Codec, Item]]) -> Iterator[str]:
        """What comes out differently, pair by pair."""
        with tempfile.TemporaryDirectory() as folder, Pool(1) as pool:
            self._pool, self._folder = pool, Path(folder)
            for codec, item in part:
                yield from self._pair(codec, item)

    def _pair(self, codec: Codec, item: Item) -> Iterator[str]:
        name = f"{codec.condition}, {item.id}"
        recorded = self._journal.get(self._plan.encode_key(codec, item))
        target = self._folder / "stream"
        made = self._run(
            CODING_LIMIT,
            item,
            stages.encode,
            codec,
            self._plan.device,
            [item.path],
            [item.id],
            [target],
        )
        if isinstance(made, str) or not recorded:
            yield from _outcome(name, "encoding", bool(recorded), made)
            return
        yield from _unequal(name, "encoding", recorded, made[0])
        for draw in self._plan.draws(codec):
            yield from self._draw(codec, item, draw, recorded["sha256"])

    def _draw(self, codec: Codec, item: Item, draw: int, stream: str) -> Iterator[str]:
        name = f"{codec.condition}, {item.id}, draw {draw}"
        recorded = self._journal.get(self._plan.decode_key(codec, item, draw, stream))
        made = self._run(
            CODING_LIMIT,
            item,
            stages.decode,
            codec,
            self._plan.device,
            [self._directory.stream(codec.condition, item.id)],
            [item.id],
            draw,
            [self._folder / "decoded"],
        )
        if isinstance(made, str) or not recorded:
            yield from _outcome(name, "decoding", bool(recorded), made)
            return
        yield from _unequal(name, "decoding", recorded, made[0])
        yield from self._scores(codec, item, draw, recorded["sha256"])

    def _scores(self, codec: Codec, item: Item, draw: int, decoded: str) -> Iterator[str]:
        names = list(self._plan.suite.metrics)
        reference = self._plan.reference(codec, item)
        made = self._run(
            SCORING_LIMIT,
            item,
            stages.score,
            reference.path,
            self._directory.decoded(codec.condition, item.id, draw),
            names,
            reference.text,
        )
        where = f"{codec.condition}, {item.id}, draw {draw}"
        if isinstance(made, str):
            yield f"{where}: scoring fails here: {made}"
            return
        for outcome in made[0]:
            key = self._plan.score_key(codec, item, outcome.metric, decoded)
            recorded = self._journal.get(key)
            failed = bool(outcome.error) and not outcome.undefined
            if failed or not recorded:
                error = outcome.error if failed else None
                yield from _outcome(where, outcome.metric, bool(recorded), error)
                continue
            for column in outcome.values | recorded["values"]:
                here, old = (
                    values.get(column, float("nan"))
                    for values in (outcome.values, recorded["values"])
                )
                if not np.isclose(here, old, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
                    yield f"{where}: {column} is {shown(here)} here, {shown(old)} in the run"
            if outcome.error != recorded["undefined"]:
                yield (
                    f"{where}: {outcome.metric} is undefined for {outcome.error!r} here, for "
                    f"{recorded['undefined']!r} in the run"
                )

    def _run(self, limit: float, item: Item, task: Any, *args: Any) -> Any:
        """What a stage returns, or a string: why it failed."""
        future = self._pool.submit(START_LIMIT + limit * item.seconds, task, *args)
        error = future.exception()
        return reason(error) if error else future.result()


def _outcome(where: str, stage: str, in_run: bool, error: Any) -> Iterator[str]:
    """A stage that worked on one side only."""
    if in_run and isinstance(error, str):
        yield f"{where}: {stage} fails here: {error}"
    elif not in_run and not isinstance(error, str):
        yield f"{where}: {stage} failed in the run, and works here"


def _unequal(
    where: str, stage: str, recorded: Mapping[str, Any], made: Mapping[str, Any]
) -> Iterator[str]:
    for key, value in made.items():
        if key not in ("file_sha256", "notices") and recorded.get(key) != value:
            yield f"{where}: {stage} gives {key} {value} here, {recorded.get(key)} in the run"


def shown(value: float) -> str:
    """A value as a message states it."""
    return "no value" if pd.isna(value) else f"{value:.6g}"
