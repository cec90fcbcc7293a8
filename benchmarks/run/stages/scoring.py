"""The third stage: a reference and decoded audio to values.

The one broad `except` of a run is here: whatever a metric dies of is one outcome.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from .... import metrics
from ....metrics.base import MetricError, Signal, Undefined
from ....metrics.machinery import alignment, signals
from ...data.audio import read_audio
from ...store.cache import Stage
from ...store.contents import check_contents
from ...store.printable import printable
from ...workers.work import Request
from ..maker_digests import check_versions
from ..match import signature

SCORING_RATE = 16_000  # Hz, of the alignment and of every default metric


@dataclass(frozen=True)
class Outcome:
    """What one metric said of one pair; `error` says why `values` is empty."""

    metric: str
    values: dict[str, float]
    error: str = ""
    undefined: bool = False

    @property
    def failed(self) -> bool:
        """Is there no value though one should exist?"""
        return bool(self.error) and not self.undefined


@dataclass(frozen=True)
class Scored:
    """What every metric said of one pair, and the signatures of both signals: see `match`."""

    outcomes: tuple[Outcome, ...]
    reference: str
    degraded: str


@dataclass(frozen=True)
class Score(Request[Scored]):
    """Measure a pair of recordings.

    Decoded audio is cut or zero-padded to the reference's length; metrics that need it get the
    pair with its delay removed, or the text.

    Attributes:
        reference, degraded: files of the pair.
        metrics: names.
        text: what the reference says; "" if unknown.
        versions: of the metrics as planned, to be checked; empty for none.
        hashes: SHA-256 of both files, to be checked; empty for none.
    """

    stage: ClassVar[Stage] = "score"
    reference: Path
    degraded: Path
    metrics: Sequence[str]
    text: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    hashes: Sequence[str] = ()
    device: str = "cpu"

    @property
    def reads(self) -> tuple[Path, ...]:
        return self.reference, self.degraded

    @property
    def writes(self) -> tuple[Path, ...]:
        return ()

    def moved(self, here: Mapping[Path, Path]) -> Self:
        return replace(self, reference=here[self.reference], degraded=here[self.degraded])

    def do(self) -> Scored:
        """Score. What a metric dies of is its outcome.

        Raises:
            Misfit: this process has another version of a metric than planned.
            ContentError: a file is not what was recorded.
        """
        check_versions(self.versions)
        check_contents(self.reads, self.hashes)
        clean, coded = _load(self.reference), _load(self.degraded)
        coded = np.pad(coded, (0, max(0, len(clean) - len(coded))))[: len(clean)]
        pair = _Pair(clean, coded, self.text)
        outcomes = tuple(_outcome(name, pair) for name in self.metrics)
        return Scored(outcomes, signature(clean, SCORING_RATE), signature(coded, SCORING_RATE))


class _Pair:
    """Two signals of one length at the scoring rate; their delay is found when it is asked for."""

    def __init__(self, clean: Signal, coded: Signal, text: str) -> None:
        self._plain = clean, coded
        self._aligned: tuple[Signal, Signal] | None = None
        self.text = text

    def signals(self, aligned: bool) -> tuple[Signal, Signal]:
        if not aligned:
            return self._plain
        self._aligned = self._aligned or alignment.align(*self._plain, SCORING_RATE)
        return self._aligned


def _outcome(name: str, pair: _Pair) -> Outcome:
    metric = metrics.get(name)
    try:
        at_rate = [
            signals.resample(signal, SCORING_RATE, metric.sample_rate)
            for signal in pair.signals(metric.aligned)
        ]
        signals.check_pair(metric, *at_rate)
        values = metric.score(*at_rate, *([pair.text] if metric.needs_text else []))
        if values.keys() != set(metric.measures) or not all(map(isfinite, values.values())):
            raise MetricError(f"gave {values}, not a number for each of its columns")
    except Undefined as error:
        return Outcome(name, {}, printable(str(error)), undefined=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever it dies of is one row
        return Outcome(name, {}, printable(f"{type(error).__name__}: {error}"))
    return Outcome(name, values)


def _load(path: Path) -> Signal:
    signal, rate, _ = read_audio(path)
    return np.clip(signals.resample(signal, rate, SCORING_RATE), -1, 1)
