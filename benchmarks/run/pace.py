"""How long the rest of a run takes, told from what its tasks took so far.

A condition's tasks of one stage (encode, decode, score) take a number of seconds for a second of
audio. What is left of each is known, and how many tasks went on at once on average; their quotient
is the time that is left:

    sum over stages and conditions of (audio that is left x seconds for a second of it)
    divided by (seconds that all tasks took so far / seconds since the first one began)

Tasks on few cores slow each other down: both sums grow alike. A condition of which nothing is known
yet is taken to cost what was recorded of it before, in proportion, or else what the others cost;
the runner begins with an item of every condition, so that this ends soon.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..store.cache import STAGES, Stage


@dataclass
class _Spent:
    """Seconds of audio of which the tasks took so many seconds."""

    audio: float = 0.0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return self.seconds / self.audio


class Pace:
    """What is left of a run's work, and at which pace it is done.

    Args:
        audio: seconds of it that each stage of each condition has to do, by condition and stage.
        recorded: seconds for a second of audio that coding was measured to take before, by
            condition and stage; may lack any.
    """

    def __init__(
        self,
        audio: Mapping[str, Mapping[Stage, float]],
        recorded: Mapping[str, Mapping[Stage, float]] | None = None,
    ) -> None:
        self._left = {(name, stage): s for name, by in audio.items() for stage, s in by.items()}
        self._recorded = {(n, s): r for n, by in (recorded or {}).items() for s, r in by.items()}
        self._spent: dict[tuple[str, Stage], _Spent] = defaultdict(_Spent)
        self._began: float | None = None

    def took(
        self, condition: str, stage: Stage, audio: float, seconds: float | None, now: float
    ) -> None:
        """Count what a task did.

        Args:
            condition: its own.
            stage: its own.
            audio: seconds of it that are done with.
            seconds: that the task took; None where it took none, or nobody knows.
            now: the clock, in seconds.
        """
        self._left[condition, stage] = max(0.0, self._left[condition, stage] - audio)
        if seconds is None:
            return
        spent = self._spent[condition, stage]
        spent.audio += audio
        spent.seconds += seconds
        self._began = min(now - seconds, self._began or now)

    @property
    def known(self) -> bool:
        """Is every stage measured of every condition that is not done?"""
        return all(place in self._spent for place, left in self._left.items() if left)

    def left(self, now: float) -> float | None:
        """Seconds until all is done; None while nothing is known."""
        if self._began is None or now <= self._began:
            return None
        means = {stage: self._mean(stage) for stage in STAGES}
        work = 0.0
        for place, audio in self._left.items():
            rate = self._rate(place, means)
            if rate is None and audio:
                return None
            work += audio * (rate or 0.0)
        at_once = sum(spent.seconds for spent in self._spent.values()) / (now - self._began)
        return work / at_once if at_once else None

    def _rate(self, place: tuple[str, Stage], means: Mapping[Stage, float | None]) -> float | None:
        if place in self._spent:
            return self._spent[place].rate
        if place in self._recorded:
            return self._recorded[place] * self._slower(place[1])
        return means[place[1]]

    def _mean(self, stage: Stage) -> float | None:
        return _ratio((s.seconds, s.audio) for (_, of), s in self._spent.items() if of == stage)

    def _slower(self, stage: Stage) -> float:
        """How much more a second of audio takes here than was recorded."""
        both = [place for place in self._spent if place[1] == stage and place in self._recorded]
        pairs = ((self._spent[p].seconds, self._recorded[p] * self._spent[p].audio) for p in both)
        return _ratio(pairs) or 1.0


def _ratio(pairs: Iterable[tuple[float, float]]) -> float | None:
    listed = list(pairs)
    below = sum(second for _, second in listed)
    return sum(first for first, _ in listed) / below if below else None


def in_words(seconds: float) -> str:
    """A duration as precisely as it can be foretold: `35 s`, `2 min 40 s`, `3 h 10 min`."""
    rounded = 5 * round(seconds / 5) if seconds < 100 else 10 * round(seconds / 10)
    if rounded < 60:
        return f"{max(5, rounded)} s"
    minutes, rest = divmod(rounded, 60)
    if minutes < 10:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
