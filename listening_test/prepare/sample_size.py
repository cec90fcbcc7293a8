"""How many listeners and items a test needs.

Listeners. Two systems that differ by `difference` points are compared by the test that the analysis
makes: sign flips of the listeners' differences, at alpha over the number of pairs, which is Holm's
first, hardest step. Its power is simulated with normal differences. It has a floor: n listeners
have 2^n patterns of signs, so that 5 % needs 6 of them and 28 pairs need 11, however large the
difference; and it has a ceiling, for the patterns that the analysis draws of more than 14 listeners
decide no more than 1250 pairs. Where many are needed, the test is as good as Student's, whose power
has the non-central t distribution.

Spread. A listener's difference between two systems, averaged over m items, has the variance
between^2 + within^2 / m. The default components come from the ratings that Stahl, Windtner and
Sontacchi published (IEEE Access 12, 2024): 7 speech codecs, 19 listeners, 8 items each; the median
spread over the pairs was 10.9 points over 8 items and 26.4 points for single trials.

Items. BS.1534-3 asks for at least 1.5 times as many items as systems, and 5. A listener rates as
many of them as a session has time for (`duration`), with the hidden reference and two anchors
beside the systems; the others are other listeners'.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ...benchmarks.statistics.sign_flip import SIGN_DRAWS, fewest_differences
from ..schema import ResultsError
from .duration import MOST_SIGNALS, SESSION_MINUTES, minutes_of, rated_within

ALPHA = 0.05
FEWEST_ITEMS = 5
ITEMS_PER_SYSTEM = 1.5
MOST_ITEMS = 12  # of a listener, where nothing is asked for
ADDED = 3  # signals of a trial beside the systems
_TRIAL_SPREAD = 26.4
_SESSION_SPREAD = 10.9
_SESSION_ITEMS = 8
_MOST_LISTENERS = 10_000
_MOST_SIMULATED = 40  # listeners; of more, the t test needs as many
_TRIES = 2000
_PATTERNS = 2**14
_FEWEST_EXTREME = 8  # patterns that a level is, for so few as `_PATTERNS` to tell it
_SURE = 1e6  # standard errors; the non-central t distribution of scipy ends somewhere beyond
_OTHER_SESSIONS = (5, 8, 10, 12, 15)  # items per listener, of the alternatives


def spread_over(items: int) -> float:
    """Standard deviation over listeners of a difference averaged over `items` items, in points."""
    within = (_TRIAL_SPREAD**2 - _SESSION_SPREAD**2) / (1 - 1 / _SESSION_ITEMS)
    between = _TRIAL_SPREAD**2 - within
    return math.sqrt(between + within / items)


def power_of(listeners: float, difference: float, spread: float, alpha: float = ALPHA) -> float:
    """Probability that the two-sided paired t test shows the difference, the right way round."""
    degrees = listeners - 1
    shift = min(difference / spread * math.sqrt(listeners), _SURE)
    critical = stats.t.ppf(1 - alpha / 2, degrees)
    return float(stats.nct.sf(critical, degrees, shift))


def simulated_power(
    listeners: int, difference: float, spread: float, alpha: float = ALPHA
) -> float:
    """Share of simulated tests in which sign flips show the difference, the right way round."""
    generator = np.random.default_rng(listeners)
    tries = generator.normal(difference, spread, (listeners, _TRIES))
    if 2**listeners <= _PATTERNS:
        signs = 1.0 * (np.arange(2**listeners)[:, None] >> np.arange(listeners) & 1)
    else:
        count = _PATTERNS if alpha * _PATTERNS >= _FEWEST_EXTREME else SIGN_DRAWS
        signs = generator.integers(0, 2, (count, listeners)).astype(np.float64)
        signs[0] = 0  # the observed pattern
    extreme = np.zeros(_TRIES)
    for part in np.array_split(signs, max(1, len(signs) // 2048)):
        extreme += (part @ tries <= 0).sum(axis=0)  # of the flipped ones: see SignFlips
    return float(np.mean(2 * extreme / len(signs) <= alpha))


def listeners_needed(
    difference: float, spread: float, power: float = 0.8, pairs: int = 1, alpha: float = ALPHA
) -> int:
    """Listeners for which the analysis shows the difference with that power.

    Args:
        difference: points between two systems.
        spread: standard deviation over listeners of the difference, in points.
        power: probability that the test shows it, in (0, 1).
        pairs: that are tested together.
        alpha: of the whole family.

    Raises:
        ResultsError: a number out of its range, or more listeners than anyone has.
    """
    _check(difference, spread, power, pairs)
    level = alpha / pairs
    fewest = _fewest(pairs, level)
    enough = 2
    while power_of(enough, difference, spread, level) < power:
        enough *= 2
        if enough > _MOST_LISTENERS:
            raise ResultsError(f"{difference:g} points need more than {_MOST_LISTENERS} listeners")
    by_t = range(enough // 2, enough + 1)
    count = next(n for n in by_t if n > 1 and power_of(n, difference, spread, level) >= power)
    count = max(count, fewest)
    while count <= _MOST_SIMULATED and simulated_power(count, difference, spread, level) < power:
        count += 1
    return count


def _check(difference: float, spread: float, power: float, pairs: int) -> None:
    if not 0 < difference < 100:
        raise ResultsError(f"a difference of {difference:g} points; it lies between 0 and 100")
    if not spread > 0:
        raise ResultsError(f"a spread of {spread:g} points; it is above 0")
    if not ALPHA < power < 1:
        raise ResultsError(f"a power of {power:g}; it lies between {ALPHA:g} and 1")
    if pairs < 1:
        raise ResultsError(f"{pairs} pairs of systems; a test has at least 1")


def _fewest(pairs: int, level: float) -> int:
    """Listeners below whom no difference is shown, however large."""
    fewest = fewest_differences(level)
    if fewest is None:
        most = int(ALPHA * (1 + SIGN_DRAWS) / 2)
        raise ResultsError(
            f"{pairs} pairs of systems; the analysis decides {most} at most (Holm), those of 50 "
            "systems, whoever listens"
        )
    return fewest


@dataclass(frozen=True)
class SampleSize:
    """What a test needs; `alternatives` are (items per listener, listeners) of other sessions."""

    difference: float
    power: float
    systems: int
    pairs: int
    items_per_listener: int
    items: int
    spread: float
    listeners: int
    minutes: float
    alternatives: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]

    def minutes_for(self, items: int) -> float:
        """Minutes of a session of so many items."""
        return minutes_of(items + 1, _signals(self.systems))


def _floor(pairs: int) -> str:
    fewest = _fewest(pairs, ALPHA / pairs)
    return f"Fewer than {fewest} listeners cannot show a difference of any size"


def sample_size(
    difference: float,
    power: float = 0.8,
    systems: int = 2,
    items_per_listener: int | None = None,
    items: int | None = None,
    spread: float | None = None,
) -> SampleSize:
    """Listeners and items for a test.

    Args:
        difference: points that the test shall show between two systems.
        power: probability that it does.
        systems: under test, without hidden reference and anchors.
        items_per_listener: trials of one session; what it has time for, at most 12.
        items: of the whole test, shared out among the listeners; as many as one listener rates.
        spread: standard deviation over listeners of a difference; from `spread_over` by default.

    Raises:
        ResultsError: a number out of its range.
    """
    own, whole, notes = _items(systems, items_per_listener, items)
    pairs = systems * (systems - 1) // 2
    used = spread_over(own) if spread is None else spread
    others = {n: spread_over(n) for n in _OTHER_SESSIONS} if spread is None else {}
    return SampleSize(
        difference=difference,
        power=power,
        systems=systems,
        pairs=pairs,
        items_per_listener=own,
        items=whole,
        spread=used,
        listeners=listeners_needed(difference, used, power, pairs),
        minutes=minutes_of(own + 1, _signals(systems)),
        alternatives=tuple(
            (n, listeners_needed(difference, s, power, pairs)) for n, s in others.items()
        ),
        notes=(*notes, _floor(pairs)),
    )


def _items(systems: int, own: int | None, whole: int | None) -> tuple[int, int, tuple[str, ...]]:
    """Items of a listener and of the whole test, and what speaks against them."""
    if systems < 2:
        raise ResultsError(f"{systems} systems; a comparison needs 2")
    fewest = max(FEWEST_ITEMS, math.ceil(ITEMS_PER_SYSTEM * systems))
    if own is None:
        own = min(rated_within(_signals(systems)), MOST_ITEMS, whole or MOST_ITEMS)
    whole = max(own, fewest) if whole is None else whole
    if not 1 <= own <= whole:
        raise ResultsError(f"{own} items per listener of {whole} items; it is 1 to {whole}")
    return own, whole, tuple(_notes(systems, own, whole, fewest))


def _signals(systems: int) -> int:
    """Of a trial; more systems than it holds are shared out, too."""
    return min(systems + ADDED, MOST_SIGNALS)


def _notes(systems: int, own: int, whole: int, fewest: int) -> Iterator[str]:
    """What speaks against so many items: of a session, and of the whole test."""
    if whole < fewest:
        yield f"BS.1534-3 asks for {fewest} items at least with {systems} systems"
    if (minutes := minutes_of(own + 1, _signals(systems))) > SESSION_MINUTES:
        yield (
            f"{own} trials and one for training are about {minutes:.0f} minutes, more than a "
            f"session of {SESSION_MINUTES:.0f}: plan breaks or days"
        )
