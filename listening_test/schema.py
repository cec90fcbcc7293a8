"""The words and formats of a listening test, as those who prepare, serve, read and analyze one
share them. MUSHRA's words are those of ITU-R BS.1534-3; those of the other tests, `votes` has.

    listener    who rates
    trial       one page: an open reference, and the signals of one item under blind ids
    stimulus    one of these signals, by its blind id
    condition   what a stimulus is: `reference` (the hidden one), `anchor35` and `anchor70` (low and
                mid anchor: low-passed at 3.5 and 7 kHz), `mnru-Q` (an anchor of modulated noise at
                Q dB), `anchor-NAME` (any other); every other condition is a system under test
    rating      a listener's score in [0, 100] of a condition of an item
    submission  one listener's ratings of one trial, as a results file has them: nothing checked

The description, `test.js` in the test's folder, is what player and server know of the test:

    {"schema": 1, "test": id, "rate": Hz, "minutes": of a listener,
     "configuration": what the player shows and asks for (`prepare.configuration`),
     "sessions": [[trial ids in order]], where a listener gets one of them and not all trials,
     "trials": [{"trial": id, "training": false, "frames": samples of each signal,
                 "audio": path, "reference": blind id of the open one, "stimuli": [blind ids]}]}

The key, beside the folder, tells what each blind id is, and more that reading it does not need:

    {"schema": 1, "test": id,
     "requirements": {"headphones": "offered", "asked" or "required", "seconds": of each signal},
     "trials": {trial id: {"item": item id, "stimuli": {blind id: condition},
                           "mid_anchor_audible": true}}}

A record is what our player sends for a trial, one JSON object a line in `FOLDER.results.jsonl`. A
file that a listener downloads and sends is a JSON list of records:

    {"schema": 1, "test": id, "listener": random id, "session": UUID, "trial": id,
     "training": false, "record": UUID, "time": ISO 8601, "order": [blind ids as shown],
     "ratings": [{"stimulus": blind id, "score": 0-100, "plays": count, "seconds": heard}],
     "complete": true, "questionnaire": {...}, "seed": of the listener's orders,
     "position": of the trial, "duration": seconds on the page, "reference_plays": count,
     "comment": text, "plan": session of the plan, from 1, "participant": id in a panel,
     "consent": ISO 8601}

The first ten keys are always there, and there are no others. `complete` is false in a draft: the
state of a trial that is not finished, in which a score is null where nothing is rated yet. Later
drafts and the finished trial take its place.

Description, key and records of a test beside MUSHRA have its `kind` (`votes.TESTS`), and these say
what is heard, in its order, and what was answered:

    test.js     {"kind", "tie", "stopping", "panel", "blocks": [[trial ids]]}, and of a trial
                {"trial", "training", "stimuli", "frames": [of each], "audio": [path of each]},
                "words" and "pair" where it has them. A listener takes the training and one block
    key         of a trial {"item", "training", "role": "rated" or a check's kind, "order": [blind
                ids as heard], "stimuli", "seconds": [of each], "expected": [answers that pass]};
                "word", "alternatives", "feature" where it has them
    record      "kind", "answer", "heard": [{"stimulus", "plays", "seconds"}], "block" in place of
                ratings and reference_plays. An answer is a number (acr, dcr, ccr: of the second
                against the first), "first", "second" or "neither" (ab), "a" or "b" (abx), or the
                word (drt, mrt); null in a draft

A session is what webMUSHRA sends at the end of a test: JSON behind `sessionJSON=`, not URL-encoded.
In what we export to webMUSHRA, a page's id is the item's, `training/` before it for training.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from reprlib import Repr

SCHEMA = 1  # of description, key and records

REFERENCE = "reference"
LOW_ANCHOR = "anchor35"
MID_ANCHOR = "anchor70"
MNRU = "mnru-"  # before the level in dB
ANCHOR = "anchor-"  # before the name of any other anchor, of which no rule of screening knows
HEADPHONES_SHARE = 5 / 6  # of the rounds: Woods et al. 2017, as the player's `headphones.js`

SESSION_FIELD = "sessionJSON="
TRAINING_PAGE = "training/"  # before an item's id, which holds no slash

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_WORDS = re.compile(rf"{REFERENCE}|{LOW_ANCHOR}|{MID_ANCHOR}|{MNRU}\d+|{ANCHOR}.+")
_JOINERS = "\u200c\u200d"  # within words of Persian, Hindi and others, and within emoji


class BuildError(ValueError):
    """There is no listening test, or none can be built: the message says why, and what can."""


class ResultsError(ValueError):
    """Results, a key or a plan's numbers cannot be used: the message says why, and what can."""


@dataclass(frozen=True)
class HeadphoneCheck:
    """How many rounds of the player's headphone check were answered rightly."""

    correct: int
    rounds: int

    @property
    def is_passed(self) -> bool:
        """Were five of six, or more, right?"""
        return self.rounds > 0 and self.correct >= HEADPHONES_SHARE * self.rounds


@dataclass(frozen=True)
class SentRating:
    """One rating as sent: `score` is whatever the file has there.

    `plays` counts the stimulus' starts; `seconds` is the time spent on it, or on its trial where
    the tool only logs that.
    """

    stimulus: str
    score: object
    line: int = 0
    plays: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Submission:
    """One listener's ratings of one trial, and where they were read.

    `record` is the tool's id of this act of sending; "" where the format has none. `participant`
    is the listener's id in a panel.
    `line` counts from 1: the line of a text file, or the element of a JSON list. `complete` is
    false for a draft: the state of a trial that the listener had not finished.
    """

    source: str
    line: int
    listener: str
    trial: str
    ratings: tuple[SentRating, ...]
    test: str = ""
    record: str = ""
    time: str = ""
    training: bool = False
    blind: bool = False
    complete: bool = True
    participant: str = ""
    headphones: HeadphoneCheck | None = None

    @property
    def anonymous(self) -> bool:
        """Is the listener no name, but the id that a tool made for one act of sending?"""
        return bool(self.record and UUID.fullmatch(self.listener))

    @property
    def place(self) -> str:
        """Where it was read, as messages name it."""
        return f"{self.source}:{self.line}"

    def rejected(self, why: str) -> "Rejected":
        """The word for not taking it."""
        return Rejected(self.source, self.line, why, len(self.ratings))


@dataclass(frozen=True)
class Rating:
    """One valid score of one listener for one condition of one item."""

    listener: str
    item: str
    condition: str
    score: float
    trial: str = ""
    plays: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Rejected:
    """Ratings that were not taken: where they stand, how many, and why."""

    source: str
    line: int
    why: str
    ratings: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.why}"


@dataclass(frozen=True)
class Reading:
    """The ratings of some results files, and a word for everything that was not taken.

    `participants` are ids in a panel by listener, where there are any.
    """

    ratings: tuple[Rating, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    participants: Mapping[str, str] = field(default_factory=dict)


def score_of(sent: object) -> float | str:
    """The score in [0, 100] that was sent as a number or as its text, or why it is none."""
    number = sent
    if isinstance(sent, str) and _NUMBER.fullmatch(stripped := sent.strip()):
        number = float(stripped)  # `strip` takes separators too that `float` does not
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number:
        return f"the score {brief(sent)} is not a number"
    if isinstance(number, float) and math.isinf(number):
        return f"the score {brief(sent)} is not a number"
    if not 0 <= number <= 100:  # as it is: a whole number may be larger than any float
        whole = int(number) if number == int(number) else number
        return f"the score {brief(whole)} is outside 0-100"
    return float(number)


def brief(value: object) -> str:
    """What was sent, as a message can name it: of a long text or number, its two ends."""
    short = Repr()
    short.maxstring = short.maxlong = short.maxother = 80
    return short.repr(value)


def visible(name: str) -> str:
    """A name as tables, figures and terminals can have it: what is no sign gets its escape.

    These are control characters, halves of surrogate pairs, and what turns the direction of text.
    """
    return "".join(
        c
        if c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs"
        else c.encode("unicode_escape").decode()
        for c in name
    )


def condition_of(name: str) -> str:
    """The condition that a table names: `Reference` and `ANCHOR35 ` are what they say."""
    word = name.strip().casefold()
    return word if _WORDS.fullmatch(word) else name


def is_system(condition: str) -> bool:
    """Is this condition under test: neither hidden reference nor anchor?"""
    return _WORDS.fullmatch(condition_of(condition)) is None
