"""How many votes a clip, and so how many listeners, a test beside MUSHRA needs.

acr, dcr, ccr. Two conditions are compared on the same I clips with V votes each. The difference of
their means has the variance d^2 / I + 2 v^2 / (I V): v is the spread of votes on one clip, d that
of the clips' own differences. In the four ACR tests that were published with Opus (145,970 votes in
the format of the P.808 toolkit: lace, nolace, NBWE_ACR, dred_journal) v was 0.87 to 1.03; d was
0.08 to 0.37 in the three that have common clips. 0.95 and 0.25 are taken. A condition's own mean
varies with its clips, too: their spread, 0 to 0.66 there, is taken for 0.3. For dcr and ccr we know
no published votes, and take the same.

ab. A preference of 50 % + `difference` against 50 %, by the exact two-sided binomial test. abx: so
many right answers of one listener, one-sided. drt, mrt: two conditions whose adjusted percentages
(ITU-T P.807) lie `difference` apart, around 80 %.

Error 5 % for all pairs together (Bonferroni, Holm's first step). Votes are counted as if they were
independent; where a listener gives many, their number should not be below that of an ordinary test,
24 to 32 (P.800).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scipy import stats

from ..schema import ResultsError
from ..votes import CATEGORY_TESTS, WORD_TESTS
from .judged import ANSWER_SECONDS, PLAYED
from .words import ALTERNATIVES

ALPHA = 0.05
VOTE_SPREAD, PAIR_SPREAD, CLIP_SPREAD = 0.95, 0.25, 0.3  # points
ADJUSTED = 0.8
_DIFFERENCE = {**dict.fromkeys(CATEGORY_TESTS, 0.3), "ab": 10.0, "abx": 25.0}
_DIFFERENCE |= dict.fromkeys(WORD_TESTS, 5.0)
_USUAL_SECONDS = {**dict.fromkeys(CATEGORY_TESTS, 10.0), "ab": 6.0, "abx": 6.0}
_USUAL_SECONDS |= dict.fromkeys(WORD_TESTS, 1.0)
_HELD_AGAINST = ("ccr", "abx")  # where every condition has one reference
_MOST = 100_000  # votes


@dataclass(frozen=True)
class Plan:
    """What is asked: None takes what is usual for the test."""

    test: str
    conditions: int = 8
    given_items: int | None = None
    difference: float | None = None
    power: float = 0.8
    seconds: float | None = None
    minutes: float = 20.0

    @property
    def shown(self) -> float:
        """The difference: points, or per cent."""
        return _DIFFERENCE[self.test] if self.difference is None else self.difference

    @property
    def heard(self) -> float:
        """Seconds of a clip."""
        return _USUAL_SECONDS[self.test] if self.seconds is None else self.seconds

    @property
    def items(self) -> int:
        """Clips or words: 12 pairs, 24 clips, or the 96 words of half a DRT."""
        if self.given_items is not None:
            return self.given_items
        return 96 if self.test in WORD_TESTS else 24 if self.test in CATEGORY_TESTS else 12

    @property
    def pairs(self) -> int:
        """Comparisons in one family."""
        if self.test in _HELD_AGAINST:
            return self.conditions
        return self.conditions * (self.conditions - 1) // 2

    @property
    def trials(self) -> int:
        """Of the whole test, every clip once in each of its presentations."""
        if self.test in _HELD_AGAINST:
            return 2 * self.conditions * self.items
        return self.items * (2 * self.pairs if self.test == "ab" else self.conditions)


def votes_needed(plan: Plan) -> Iterator[str]:
    """Lines that say it.

    Raises:
        ResultsError: a number out of its range, or more votes than anyone collects.
    """
    _check(plan)
    if plan.test == "abx":
        yield from _abx(plan)
        return
    if plan.test in CATEGORY_TESTS:
        votes = _of_categories(plan)
        width = _half_width(plan.items, votes)
        yield (
            f"To show {plan.shown:g} points between two of {plan.conditions} conditions on "
            f"{plan.items} clips, with a power of {plan.power:g} ({plan.pairs} pairs): "
            f"{votes} votes on each clip. A mean is then known to +- {width:.2f} (95 %)."
        )
    else:
        total = _of_pair(plan) if plan.test == "ab" else _of_words(plan)
        votes = math.ceil(total / (plan.items * (2 if plan.test == "ab" else 1)))
        what = "a pair" if plan.test == "ab" else "a condition"
        each = "each order of each clip" if plan.test == "ab" else "each word"
        yield (
            f"To show {plan.shown:g} per cent with a power of {plan.power:g} ({plan.pairs} pairs): "
            f"{total} answers on {what}, {votes} votes on {each}."
        )
    yield from _listeners(plan, votes)


def _check(plan: Plan) -> None:
    fewest = 1 if plan.test in _HELD_AGAINST else 2
    for name, value, low, high in (
        ("conditions", plan.conditions, fewest, 100),
        ("items", plan.items, 1, 1000),
        ("seconds", plan.heard, 0.1, 60),
        ("minutes of a session", plan.minutes, 1, 120),
    ):
        if not low <= value <= high:
            raise ResultsError(f"{value:g} {name}; {low:g} to {high:g} are possible")
    most = 4 if plan.test in CATEGORY_TESTS else 50
    if not 0 < plan.shown < most:
        raise ResultsError(f"a difference of {plan.shown:g}; it lies between 0 and {most}")
    if not ALPHA < plan.power < 1:
        raise ResultsError(f"a power of {plan.power:g}; it lies between {ALPHA:g} and 1")


def _deviations(plan: Plan) -> float:
    """Standard errors that the difference has to be."""
    return float(stats.norm.ppf(1 - ALPHA / 2 / plan.pairs) + stats.norm.ppf(plan.power))


def _of_categories(plan: Plan) -> int:
    left = plan.items * (plan.shown / _deviations(plan)) ** 2 - PAIR_SPREAD**2
    votes = math.inf if left <= 0 else 2 * VOTE_SPREAD**2 / left
    if votes > _MOST:
        raise ResultsError(
            f"{plan.shown:g} points cannot be shown on {plan.items} clips, however many vote: "
            "the clips differ too much; take more of them"
        )
    return math.ceil(votes)


def _half_width(clips: int, votes: int) -> float:
    return 1.96 * math.sqrt(CLIP_SPREAD**2 / clips + VOTE_SPREAD**2 / (clips * votes))


def _of_pair(plan: Plan) -> int:
    """Choices on one pair, by the exact two-sided test."""
    preference, level = 0.5 + plan.shown / 100, ALPHA / plan.pairs
    return _fewest(lambda n: _exact_power(n, preference, level / 2), plan.power)


def _exact_power(count: int, share: float, level: float) -> float:
    """Probability that so many answers show it at a one-sided level."""
    critical = stats.binom.isf(level, count, 0.5) + 1
    return float(stats.binom.sf(critical - 1, count, share))


def _fewest(power_of: Callable[[int], float], power: float) -> int:
    """A small number that has the power; the exact test's goes up and down with it."""
    enough = 1
    while power_of(enough) < power:
        enough *= 2
        if enough > _MOST:
            raise ResultsError(f"more than {_MOST} answers would be needed")
    return next(n for n in range(max(1, enough // 2), enough + 1) if power_of(n) >= power)


def _of_words(plan: Plan) -> int:
    """Answers on one condition: the adjusted percentage is linear in the share of right ones."""
    count = ALTERNATIVES[plan.test]
    share = (ADJUSTED * (count - 1) + 1) / count
    variance = 2 * share * (1 - share) * (count / (count - 1)) ** 2
    return math.ceil(variance * (_deviations(plan) / (plan.shown / 100)) ** 2)


def _abx(plan: Plan) -> Iterator[str]:
    share = 0.5 + plan.shown / 100
    count = _fewest(lambda n: _exact_power(n, share, ALPHA), plan.power)
    critical = int(stats.binom.isf(ALPHA, count, 0.5)) + 1
    yield (
        f"A listener who is right in {100 * share:g} % is told from guessing with a power of "
        f"{plan.power:g} by {count} trials of a pair: {critical} right are p <= {ALPHA:g}."
    )
    yield (
        f"{plan.items} clips give 2 trials each: {2 * plan.items} of a pair"
        + ("." if 2 * plan.items >= count else f"; take {math.ceil(count / 2)} clips.")
    )
    yield from _listeners(plan, 1)


def _listeners(plan: Plan, votes: int) -> Iterator[str]:
    trial = PLAYED[plan.test] * plan.heard + ANSWER_SECONDS
    blocks = math.ceil(plan.trials / max(1, int(60 * plan.minutes / trial)))
    minutes = plan.trials / blocks * trial / 60
    split = f"{blocks} blocks of" if blocks > 1 else "one block of"
    yield (
        f"{plan.trials} trials, in {split} about {minutes:.0f} minutes: "
        f"{votes * blocks} listeners after screening."
    )
