"""After every listener: is it decided, are they equivalent, or how many more are needed?

Every pair has a level of 5 % over the number of pairs, so that all verdicts of all times together
err in 5 % at most. "Decided" refutes that there is no difference; "equivalent" refutes each
difference of the margin or more. The listeners still needed are those of possible futures, drawn
from the listeners so far: the median of them. That number is a forecast, and no part of the test.
"""

from dataclasses import dataclass

import numpy as np

from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.intervals import FEWEST, Interval
from ...report_files import csv_text
from .betting import first, intervals, refuted_above, refuted_below
from .listener_values import Watched

ALPHA = 0.05
DECIDED, EQUIVALENT, OPEN = "decided", "equivalent", "open"
_FUTURES, _HORIZON = 50, 500  # listeners at most, of a forecast


@dataclass(frozen=True)
class Look:
    """What was known after so many listeners."""

    listeners: int
    mean: float
    interval: Interval


@dataclass(frozen=True)
class Verdict:
    """One pair.

    Attributes:
        first, second: its conditions.
        verdict: `DECIDED`, `EQUIVALENT` or `OPEN`; `after` so many listeners, 0 where open.
        looks: after each listener, with intervals that hold for all times and pairs together.
        waiting: listeners whose votes are too few to count yet.
        more: listeners that it will take, about; None where nothing can be said.
        more_is_least: `more` is as far as was looked; it takes more than that.
    """

    first: str
    second: str
    verdict: str
    after: int
    looks: tuple[Look, ...]
    waiting: int
    more: int | None
    more_is_least: bool = False


def monitor(
    watched: tuple[Watched, ...], margin: float, alpha: float = ALPHA, seed: int = 0
) -> tuple[Verdict, ...]:
    """The verdict on every pair.

    Args:
        watched: the pairs with a number for each listener.
        margin: within which two conditions are equivalent, in the unit of these numbers.
        alpha: of all verdicts together.
        seed: of the forecast.
    """
    return tuple(_verdict(pair, margin, alpha / len(watched), seed) for pair in watched)


def _verdict(pair: Watched, margin: float, alpha: float, seed: int) -> Verdict:
    width = pair.high - pair.low
    values = (pair.values - pair.low) / width
    null, reach = (pair.null - pair.low) / width, margin / width
    verdict, after = _ends(values[None], (null - reach, null, null + reach), alpha, pair.symmetric)
    means = pair.values.cumsum() / np.arange(1, len(values) + 1)
    looks = tuple(
        Look(
            k + 1,
            float(means[k]),
            Interval(pair.low + width * ends.low, pair.low + width * ends.high),
        )
        for k, ends in enumerate(intervals(values, alpha, pair.symmetric) if len(values) else [])
    )
    more, least = None, False
    if not after[0] and len(values) >= FEWEST:
        more, least = _forecast(
            values, (null - reach, null, null + reach), alpha, pair.symmetric, seed
        )
    word = str(verdict[0]) if after[0] else OPEN
    return Verdict(pair.first, pair.second, word, int(after[0]), looks, pair.waiting, more, least)


Nulls = tuple[float, float, float]  # the mean of no difference, with the ends of equivalence


def _ends(values: Array, nulls: Nulls, alpha: float, symmetric: bool) -> tuple[Array, Array]:
    """Which verdict comes first in each of the sequences [k, n], and after how many; 0 for none."""
    if not values.shape[-1]:
        return np.full(len(values), OPEN), np.zeros(len(values), dtype=int)
    low, null, high = (min(max(mean, 0.0), 1.0) for mean in nulls)
    decided, equal = (
        first(combined)
        for combined in (
            np.logical_or(
                refuted_below(values, null, alpha, symmetric),
                refuted_above(values, null, alpha, symmetric),
            ),
            np.logical_and(
                refuted_below(values, low, alpha, symmetric),
                refuted_above(values, high, alpha, symmetric),
            ),
        )
    )
    sooner = (equal > 0) & ((decided == 0) | (equal < decided))
    return np.where(sooner, EQUIVALENT, DECIDED), np.where(sooner, equal, decided)


def _forecast(
    values: Array, nulls: Nulls, alpha: float, symmetric: bool, seed: int
) -> tuple[int, bool]:
    """Listeners still needed in the median of futures; and whether that is only the least."""
    drawn = np.random.default_rng(seed).choice(values, (_FUTURES, _HORIZON))
    futures = np.concatenate([np.tile(values, (_FUTURES, 1)), drawn], axis=1)
    _, after = _ends(futures, nulls, alpha, symmetric)
    needed = np.where(after > 0, after, futures.shape[1] + 1)
    middle = int(np.median(needed))
    if middle > futures.shape[1]:
        return _HORIZON, True
    return max(1, middle - len(values)), False


def sentence(verdict: Verdict, margin: str, test: str) -> str:
    """The verdict in words.

    Args:
        verdict: on a pair.
        margin: with its unit, as sentences have it.
        test: one of `votes.TESTS`.
    """
    count = len(verdict.looks)
    if not count:
        wait = f"; {verdict.waiting} wait for more votes" if verdict.waiting else ""
        return f"{verdict.first} and {verdict.second}: no listener counts yet{wait}."
    look = verdict.looks[-1]
    ends = f"{look.mean:.2f} [{look.interval.low:.2f}, {look.interval.high:.2f}]"
    now = f"after {count} listener{'s' if count > 1 else ''}, {ends}"
    pair = f"{verdict.first} and {verdict.second}"
    if verdict.verdict == DECIDED:
        which = _which(verdict, look, test)
        return f"{pair}: decided after {verdict.after} listeners, {which}; {now}."
    if verdict.verdict == EQUIVALENT:
        return f"{pair}: equivalent within {margin} after {verdict.after} listeners; {now}."
    if verdict.more is None:
        return f"{pair}: open; {now}; how many more are needed cannot be told yet."
    least = "more than" if verdict.more_is_least else "about"
    noun = "listener" if verdict.more == 1 else "listeners"
    return f"{pair}: open; {least} {verdict.more} more {noun}; {now}."


def _which(verdict: Verdict, look: Look, test: str) -> str:
    if test == "abx":
        return "they are told apart" if look.interval.low > 0.5 else "answers are wrong too often"
    better, worse = verdict.first, verdict.second
    if verdict.looks[verdict.after - 1].mean < 0:
        better, worse = worse, better
    return f"{better} is better than {worse}"


def looks_text(verdicts: tuple[Verdict, ...]) -> str:
    """What was known after each listener, as CSV."""
    return csv_text(
        ["first", "second", "listeners", "mean", "low", "high", "verdict"],
        (
            [
                *(v.first, v.second, look.listeners),
                *(look.mean, look.interval.low, look.interval.high),
                v.verdict if v.after and look.listeners >= v.after else OPEN,
            ]
            for v in verdicts
            for look in v.looks
        ),
    )
