"""The third stage: a reference and decoded audio to values.

The one broad `except` of a run is here: whatever a metric dies of is one outcome.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from .... import metrics
from ....codecs.audio.reading import read_audio
from ....metrics.base import MetricError, Signal, Undefined
from ....metrics.machinery import alignment, signals
from ....metrics.machinery.ranges import kind_of
from ...store.cache import Stage
from ...store.contents import check_contents
from ...store.printable import printable
from ...workers.work import Request
from ..coding import resampled_within
from ..maker_digests import check_versions
from ..match import signature

SCORING_RATE = 16_000  # Hz, of the alignment and of most metrics


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
    """What every metric said of one pair, the signatures of both signals (see `match`), and what
    was done to them."""

    outcomes: tuple[Outcome, ...]
    reference: str
    degraded: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score(Request[Scored]):
    """Measure a pair of recordings.

    Decoded audio is cut or zero-padded to the reference's length; metrics that need it get the
    pair with its delay removed, or the text.

    Attributes:
        reference, degraded: files of the pair.
        metrics: names.
        text: what the reference says; "" if unknown.
        language: in which it says that (BCP 47); "" if unknown.
        versions: of the metrics as planned, to be checked; empty for none.
        level: RMS of the reference, in dBFS, to which the pair is brought; None: as it is.
        rate: Hz, of the suite: what no metric measures above.
        hashes: SHA-256 of both files, to be checked; empty for none.
    """

    stage: ClassVar[Stage] = "score"
    reference: Path
    degraded: Path
    metrics: Sequence[str]
    text: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    level: float | None = None
    rate: int = SCORING_RATE
    hashes: Sequence[str] = ()
    device: str = "cpu"
    language: str = ""

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
        check_versions(self.versions, self.level, self.rate)
        check_contents(self.reads, self.hashes)
        pair = _Pair(_File(self.reference), _File(self.degraded), self.level, self.rate, self.text)
        cause = "".join(f" ({one})" for one in pair.clean.read if kind_of(one))
        plain = pair.plain(SCORING_RATE, levelled=False)
        outcomes = tuple(
            self._refused(name) or _outcome(name, pair, cause) for name in self.metrics
        )
        first, second = (signature(signal, SCORING_RATE) for signal in plain)
        return Scored(outcomes, first, second, tuple(dict.fromkeys(pair.notices)))

    def _refused(self, name: str) -> Outcome | None:
        """The outcome of a metric that does not know the language."""
        known, spoken = metrics.get(name).languages, self.language.partition("-")[0].lower()
        if not known or not spoken or spoken in known:
            return None
        why = f"{name} knows {', '.join(known)}; what is said here is {self.language}"
        return Outcome(name, {}, why, undefined=True)


class _File:
    """A file to be scored: its signal [T] and rate, and what reading it did."""

    def __init__(self, path: Path) -> None:
        self.signal, self.rate, self.read = read_audio(path)


class _Pair:
    """Two signals of one length at any rate; their delay is found when it is asked for."""

    def __init__(
        self, clean: _File, coded: _File, level: float | None, rate: int, text: str
    ) -> None:
        self.clean, self._coded, self._level, self.rate = clean, coded, level, rate
        self._known: dict[tuple[int, bool], tuple[Signal, Signal]] = {}
        self.text = text
        self.notices: list[str] = []  # on what reading and resampling did

    def plain(self, rate: int, *, levelled: bool = True) -> tuple[Signal, Signal]:
        """The signals at a rate, the decoded one cut or zero-padded to the reference's length."""
        wanted = levelled and self._level is not None
        if (rate, wanted) not in self._known:
            clean, told = resampled_within(self.clean.signal, self.clean.rate, rate)
            coded, told_of_coded = resampled_within(self._coded.signal, self._coded.rate, rate)
            self.notices += [*told, *(f"decoded audio: {notice}" for notice in told_of_coded)]
            coded = np.pad(coded, (0, max(0, len(clean) - len(coded))))[: len(clean)]
            pair = clean, coded
            if wanted and self._level is not None:
                pair = signals.at_level(clean, coded, self._level)
            self._known[rate, wanted] = pair
        return self._known[rate, wanted]

    def signals(self, aligned: bool, rate: int) -> Iterator[Signal]:
        """The signals at a rate, the reference first.

        Up to 16 kHz they are those at 16 kHz; above, those of the files, up to the suite's rate.
        """
        base = SCORING_RATE if rate <= SCORING_RATE else min(rate, self.rate)
        pair = self.plain(base)
        if aligned:
            pair = alignment.align(*self.plain(SCORING_RATE), SCORING_RATE, pair, base)
        for signal, whose in zip(pair, ("", "decoded audio: "), strict=True):
            resampled, told = resampled_within(signal, base, rate)
            self.notices += [whose + notice for notice in told]
            yield resampled


def _outcome(name: str, pair: _Pair, cause: str) -> Outcome:
    metric = metrics.get(name).measured_at(pair.rate)
    try:
        at_rate = list(pair.signals(metric.aligned, metric.sample_rate))
        signals.check_pair(metric, *at_rate)
        values = metric.score(*at_rate, *([pair.text] if metric.needs_text else []))
        if values.keys() != set(metric.measures) or not all(map(isfinite, values.values())):
            raise MetricError(f"gave {values}, not a number for each of its columns")
    except Undefined as error:
        return Outcome(name, {}, printable(f"{error}{cause}"), undefined=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever it dies of is one row
        return Outcome(name, {}, printable(f"{type(error).__name__}: {error}{cause}"))
    return Outcome(name, values)
