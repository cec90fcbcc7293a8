"""What listeners said in the tests beside MUSHRA, as readers hand it to the analysis.

    acr, dcr    `Vote`: the category of one signal, 5 (excellent; inaudible) to 1 (bad; very
                annoying): ITU-T P.800 Annexes B and D
    ccr         `Vote`: -3 (much worse) to 3 (much better) of a condition against another: Annex E
    ab          `Choice`: which of two signals is preferred, or neither
    abx         `Answer`: was X the signal A or B?
    drt, mrt    `Answer`: which of the alternatives was said (ITU-T P.807, ANSI/ASA S3.2)

A condition is one of `schema`: `reference` is the original, `anchor35`, `anchor70` and `mnru-Q`
are anchors; every other one is a system under test.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .schema import Rejected, is_system

CATEGORY_TESTS = ("acr", "dcr", "ccr")
WORD_TESTS = ("drt", "mrt")
TESTS = (*CATEGORY_TESTS, "ab", "abx", *WORD_TESTS)  # MUSHRA has `schema.Rating`

VOTES = {"acr": range(1, 6), "dcr": range(1, 6), "ccr": range(-3, 4)}  # what a score can be

GOLD = "gold"
ATTENTION = "attention"
NULL_PAIR = "null pair"
HEADPHONES = "headphone"
LEVEL = "level"
LISTENING_TIME = "listening time"


@dataclass(frozen=True)
class Vote:
    """One listener's category for one signal.

    Attributes:
        listener: "" where the votes do not name one.
        item: "" where they do not name one.
        condition: what was judged.
        score: see above.
        reference: ccr: the condition that it was held against, whatever was heard first.
        trial: of the test; "" where unknown.
        session: one listener's run through the test; "" where unknown.
        seconds: spent on the trial.
    """

    listener: str
    item: str
    condition: str
    score: float
    reference: str = ""
    trial: str = ""
    session: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Choice:
    """One listener's preference: `choice` is `first`, `second` (as heard), or "" for neither."""

    listener: str
    item: str
    first: str
    second: str
    choice: str
    trial: str = ""
    session: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Answer:
    """One listener's answer where one is right.

    Attributes:
        listener: "" where unknown.
        item: the recording.
        condition: it was heard in; abx: what is A.
        asked: the word that was said; abx: "a" or "b", which X was.
        given: the word chosen, "" for none; abx: "a" or "b".
        alternatives: the words to choose from, `asked` among them.
        feature: the phonetic feature that tells them apart; "" where the test has none.
        other: abx: the condition that is B.
        trial: of the test; "" where unknown.
        session: one listener's run through the test; "" where unknown.
        seconds: spent on the trial.
    """

    listener: str
    item: str
    condition: str
    asked: str
    given: str
    alternatives: tuple[str, ...] = ()
    feature: str = ""
    other: str = ""
    trial: str = ""
    session: str = ""
    seconds: float | None = None

    @property
    def right(self) -> bool:
        """Was it the right answer?"""
        return self.given == self.asked

    @property
    def pair(self) -> tuple[str, str]:
        """abx: the two conditions, whichever of them was A."""
        return pair_of(self.condition, self.other)


def pair_of(first: str, second: str) -> tuple[str, str]:
    """Two conditions in the order of results: a system before an original or an anchor."""
    low, high = sorted((first, second), key=lambda name: (not is_system(name), name))
    return low, high


@dataclass(frozen=True)
class Check:
    """Whether a listener passed one check: `kind` is one of the words above."""

    listener: str
    kind: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class Votes:
    """All that some results files say of one test, and a word for everything not taken.

    `required` are kinds of checks that the test required its listeners to pass.
    """

    test: str
    rows: tuple[Vote | Choice | Answer, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    sources: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()

    def of_categories(self) -> Iterator[Vote]:
        """The rows of acr, dcr and ccr."""
        return (row for row in self.rows if isinstance(row, Vote))

    def of_preference(self) -> Iterator[Choice]:
        """The rows of ab."""
        return (row for row in self.rows if isinstance(row, Choice))

    def of_answers(self) -> Iterator[Answer]:
        """The rows of abx, drt and mrt."""
        return (row for row in self.rows if isinstance(row, Answer))
