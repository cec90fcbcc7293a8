"""What is heard in each trial of a test, and what the answer should be where that is known.

    acr     one signal; the original is rated, too (ITU-T P.800 Annex B, P.808)
    dcr     the original, then a condition (Annex D)
    ccr     a condition and the one that it is held against, in both orders (Annex E)
    ab      two conditions, in both orders: every pair, or all against one
    abx     A, B, and X, which is one of them; A is either, and X is either, equally often
    drt     one word in one condition (ITU-T P.807); mrt the same, with more alternatives

Beside what is rated, every session has trials whose answers are known:

    gold        acr, dcr, ccr, ab, abx: original and speech under modulated noise of 5 dB, which
                nobody takes for each other; drt, mrt: the original of a word
    null pair   dcr, ccr: the original twice
    attention   acr, dcr, ccr: a recording that breaks off into one to five tones; the page asks
                for the answer with that number. P.808 asks by voice, in the listeners' language
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ..schema import MNRU, REFERENCE, BuildError
from ..votes import ATTENTION, GOLD, NULL_PAIR, WORD_TESTS
from .words import SpokenWord

RATED, TRAINING = "rated", "training"
BAD = f"{MNRU}5"  # of the checks
TONES = "tones-"  # before their number, of a condition that is a check of attention
CATEGORIES = {"acr": 5, "dcr": 5, "ccr": 7}
FIRST, SECOND, NEITHER = "first", "second", "neither"  # answers of ab; "a", "b" of abx


@dataclass(frozen=True)
class Heard:
    """One signal of a trial: a condition of a clip. `copy` tells equal ones apart."""

    clip: str
    condition: str
    copy: int = 0


@dataclass(frozen=True)
class Presentation:
    """One trial.

    Attributes:
        role: RATED, TRAINING, or a check's kind.
        clip: id.
        variant: of the clip, as blocks spread them.
        heard: signals, in their order.
        expected: answers that pass; of rated trials, the right one of abx.
        pair: abx: number of the pair of conditions.
        spoken: of drt and mrt.
    """

    role: str
    clip: str
    variant: str
    heard: tuple[Heard, ...]
    expected: tuple[object, ...] = ()
    pair: int = 0
    spoken: SpokenWord | None = None


@dataclass(frozen=True)
class Design:
    """What a test is of: its conditions as rated, and how they meet.

    `against` is the condition that the others are compared with, "" where all pairs are.
    """

    test: str
    conditions: tuple[str, ...]
    against: str = ""
    words: Mapping[str, SpokenWord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.conditions:
            raise BuildError(f"only {self.against} is named, which others are compared with")
        if self.test == "ab" and not self.against and len(self.conditions) < 2:
            raise BuildError(
                f"one condition ({', '.join(self.conditions)}) has no other to be preferred to: "
                "name two with --conditions, or --against reference"
            )

    def pairs(self) -> list[tuple[str, str]]:
        """Conditions that meet."""
        if self.against:
            return [(self.against, name) for name in self.conditions]
        return list(combinations(self.conditions, 2))

    def rated(self, clips: Sequence[str]) -> Iterator[Presentation]:
        """The trials of these clips."""
        for place, clip in enumerate(clips):
            yield from self._of(clip, place)

    def _of(self, clip: str, place: int) -> Iterator[Presentation]:
        if self.test in ("acr", *WORD_TESTS):
            for name in self.conditions:
                yield self._single(RATED, clip, name)
        elif self.test == "dcr":
            for name in self.conditions:
                yield _sequence(RATED, clip, REFERENCE, name)
        elif self.test == "abx":
            for pair, (one, other) in enumerate(self.pairs()):
                for first, second in ((one, other), (other, one)):
                    yield _abx(RATED, clip, (first, second), place % 2, pair)
        else:
            for one, other in self.pairs():
                yield _sequence(RATED, clip, one, other)
                yield _sequence(RATED, clip, other, one)

    def _single(self, role: str, clip: str, name: str, *expected: object) -> Presentation:
        spoken = self.words.get(clip)
        return Presentation(role, clip, name, (Heard(clip, name),), expected, spoken=spoken)

    def training(self, clip: str) -> Iterator[Presentation]:
        """What listeners hear first: the whole range."""
        middle = self.conditions[len(self.conditions) // 2]
        if self.test in ("acr", *WORD_TESTS):
            names = dict.fromkeys((REFERENCE, middle, BAD) if self.test == "acr" else (middle,))
            yield from (self._single(TRAINING, clip, name) for name in names)
        elif self.test == "abx":
            yield _abx(TRAINING, clip, (REFERENCE, BAD), 1, 0)
        else:
            yield _sequence(TRAINING, clip, REFERENCE, BAD)
            yield _sequence(TRAINING, clip, REFERENCE, middle)

    def checks(self, clips: Sequence[str], count: int) -> Iterator[Presentation]:
        """`count` trials of each kind, whose answers are known, of clips in turn."""
        for number in range(count):
            clip = clips[number % len(clips)]
            if self.test == "acr":
                yield self._single(GOLD, clip, REFERENCE, 4, 5)
                yield self._single(GOLD, clip, BAD, 1, 2)
            elif self.test == "dcr":
                yield _sequence(GOLD, clip, REFERENCE, BAD, 1, 2)
                yield _sequence(NULL_PAIR, clip, REFERENCE, REFERENCE, 4, 5)
            elif self.test == "ccr":
                yield _sequence(GOLD, clip, REFERENCE, BAD, -3, -2, -1)
                yield _sequence(NULL_PAIR, clip, REFERENCE, REFERENCE, -1, 0, 1)
            elif self.test == "ab":
                order = (REFERENCE, BAD) if number % 2 else (BAD, REFERENCE)
                yield _sequence(GOLD, clip, *order, FIRST if number % 2 else SECOND)
            elif self.test == "abx":
                yield _abx(GOLD, clip, (REFERENCE, BAD), number % 2, 0)
            else:
                yield self._single(GOLD, clip, REFERENCE, self.words[clip].word)
            if self.test in CATEGORIES:
                yield self._attention(clip, number)

    def _attention(self, clip: str, number: int) -> Presentation:
        tones = (2, 4, 3, 1, 5)[number % 5]
        answer = tones if self.test != "ccr" else tones - 4  # its numbers 1 to 7 are -3 to 3
        last = f"{TONES}{tones}"
        if self.test == "acr":
            return self._single(ATTENTION, clip, last, answer)
        return _sequence(ATTENTION, clip, REFERENCE, last, answer)


def _sequence(role: str, clip: str, first: str, second: str, *expected: object) -> Presentation:
    heard = Heard(clip, first), Heard(clip, second, int(first == second))
    return Presentation(role, clip, f"{first}\0{second}", heard, expected)


def _abx(role: str, clip: str, order: tuple[str, str], x: int, pair: int) -> Presentation:
    """X is A where `x` is 0."""
    heard = (*(Heard(clip, name) for name in order), Heard(clip, order[x], 1))
    return Presentation(role, clip, f"{order[0]}\0{order[1]}", heard, ("ab"[x],), pair)
