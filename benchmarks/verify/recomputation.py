"""Encodes, decodes and scores items of a finished run again, and says what comes out differently.

Bitstreams must have the same bytes and decoded audio the same samples; values may differ by what
another processor's arithmetic does to them.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ...codecs import Codec
from ..data.items import Item
from ..run.pieces import Scoring
from ..run.plan import Plan, Step
from ..run.stages import Decode, Encode, Outcome, Score, coding_limit, scoring_limit
from ..store.journal import Find, Record
from ..store.run_directory import RunDirectory
from ..workers.failures import reason
from ..workers.pool import Pool
from ..workers.work import Request

R = TypeVar("R")

TOLERANCE = 1e-4  # of values: relative above 1, absolute below


class Recomputation:
    """Encodes, decodes and scores items of a run again, each in a process that may die.

    Args:
        plan: of the run.
        find: its journal.
        directory: of the run.
    """

    def __init__(self, plan: Plan, find: Find, directory: RunDirectory) -> None:
        self._plan = plan
        self._find = find
        self._directory = directory

    def differences(self, part: Sequence[tuple[Codec, Item]]) -> Iterator[str]:
        """What comes out differently, pair by pair."""
        with tempfile.TemporaryDirectory() as folder, Pool(1) as pool:
            self._pool, self._folder = pool, Path(folder)
            for codec, item in part:
                yield from self._pair(codec, item)

    def _pair(self, codec: Codec, item: Item) -> Iterator[str]:
        steps = list(self._plan.steps(codec, item, self._find))
        where, recorded = f"{codec.condition}, {item.id}", steps[0].encoded
        request = Encode(
            codec,
            self._plan.device,
            [item.id],
            [item.path],
            [self._folder / "stream"],
            hashes=[item.sha256],
        )
        made = self._made(request, coding_limit(item.seconds))
        if isinstance(made, str) or not recorded:
            yield from _outcome(where, "encoding", recorded, made)
            return
        yield from _unequal(where, "encoding", recorded, asdict(made[0]))
        for step in steps:
            yield from self._draw(step)

    def _draw(self, step: Step) -> Iterator[str]:
        codec, item, recorded = step.codec, step.item, step.decoded
        where = f"{codec.condition}, {item.id}, draw {step.draw}"
        request = Decode(
            codec,
            self._plan.device,
            [item.id],
            step.draw,
            [step.encoding.path(self._directory)],
            [self._folder / "decoded"],
            hashes=[step.encoded["sha256"]] if step.encoded else [],
        )
        made = self._made(request, coding_limit(item.seconds))
        if isinstance(made, str) or not recorded:
            yield from _outcome(where, "decoding", recorded, made)
            return
        yield from _unequal(where, "decoding", recorded, asdict(made[0]))
        assert step.scoring, "what is decoded can be scored"
        yield from self._scores(where, step.scoring, step.scores)

    def _scores(
        self, where: str, scoring: Scoring, recorded: Mapping[str, Record | None]
    ) -> Iterator[str]:
        request = Score(
            scoring.reference.path,
            scoring.decoding.path(self._directory),
            list(recorded),
            scoring.reference.text,
            level=self._plan.suite.normalize,
            rate=self._plan.suite.sample_rate,
            hashes=scoring.hashes,
            language=scoring.reference.language,
        )
        made = self._made(request, scoring_limit(scoring.item.seconds))
        if isinstance(made, str):
            yield f"{where}: scoring fails here: {made}"
            return
        for outcome in made.outcomes:
            yield from _unlike(where, outcome, recorded[outcome.metric])

    def _made(self, request: Request[R], limit: float) -> R | str:
        """What a stage returns, or a string: why it failed."""
        future = self._pool.submit(limit, request.do)
        error = future.exception()
        return reason(error) if error else future.result()


def _unlike(where: str, outcome: Outcome, recorded: Record | None) -> Iterator[str]:
    """What one metric says differently here."""
    if outcome.failed or not recorded:
        error = outcome.error if outcome.failed else None
        yield from _outcome(where, outcome.metric, recorded, error)
        return
    for column in outcome.values | recorded["values"]:
        here, old = (
            values.get(column, float("nan")) for values in (outcome.values, recorded["values"])
        )
        if not np.isclose(here, old, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            yield f"{where}: {column} is {_shown(here)} here, {_shown(old)} in the run"
    if outcome.error != recorded["undefined"]:
        yield (
            f"{where}: {outcome.metric} is undefined for {outcome.error!r} here, for "
            f"{recorded['undefined']!r} in the run"
        )


def _outcome(where: str, stage: str, recorded: Record | None, made: object) -> Iterator[str]:
    """A stage that worked on one side only; `made` is a string where it failed here."""
    if recorded and isinstance(made, str):
        yield f"{where}: {stage} fails here: {made}"
    elif not recorded and not isinstance(made, str):
        yield f"{where}: {stage} failed in the run, and works here"


def _unequal(where: str, stage: str, recorded: Record, made: Mapping[str, Any]) -> Iterator[str]:
    for key, value in made.items():
        if key not in ("file_sha256", "notices") and recorded.get(key) != value:
            yield f"{where}: {stage} gives {key} {value} here, {recorded.get(key)} in the run"


def _shown(value: float) -> str:
    """A value as a message states it."""
    return "no value" if pd.isna(value) else f"{value:.6g}"
