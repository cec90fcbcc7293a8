"""The key of a test beside MUSHRA: what was heard in each trial, and what the answer should be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..schema import SCHEMA, ResultsError, visible
from ..votes import TESTS
from .blind_key import Requirements, requirements_of
from .imported import finite_number


@dataclass(frozen=True)
class JudgedTrialKey:
    """One trial.

    Attributes:
        item: that was heard.
        role: "rated", "training", or a check's kind.
        stimuli: blind ids in the order heard, and
        conditions: what they are, in that order.
        seconds: how long each is.
        expected: answers that pass a check; of a rated trial of abx, the right one.
        word: that was said, "" but in drt and mrt; so are alternatives and feature.
    """

    item: str
    role: str
    stimuli: tuple[str, ...]
    conditions: tuple[str, ...]
    seconds: tuple[float, ...]
    expected: tuple[object, ...]
    word: str = ""
    alternatives: tuple[str, ...] = ()
    feature: str = ""


@dataclass(frozen=True)
class JudgedKey:
    """One test: its id and type, what conditions are held against, what it required, its trials."""

    test: str
    kind: str
    against: str
    tie: bool
    stopping: str
    requirements: Requirements
    trials: Mapping[str, JudgedTrialKey]


@dataclass(frozen=True)
class Judged:
    """One record that counts: as sent, what the key has of its trial, and its answer."""

    listener: str
    session: str
    trial: str
    answer: Any
    key: JudgedTrialKey
    data: Mapping[str, Any]

    @property
    def duration(self) -> float | None:
        """Seconds on the page."""
        return finite_number(self.data.get("duration"))


def read_judged_key(path: Path) -> JudgedKey:
    """The key in a file.

    Raises:
        ResultsError: no such file, or not a key of a test beside MUSHRA.
    """
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(f"{path} cannot be read as a key: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ResultsError(f"{path} is not a key of schema {SCHEMA}")
    if data.get("kind") not in TESTS:
        kind = data.get("kind", "mushra")
        raise ResultsError(
            f"{path} is the key of a test of type {kind!r}, none of {', '.join(TESTS)}"
        )
    try:
        return JudgedKey(
            str(data["test"]),
            str(data["kind"]),
            str(data["against"]),
            bool(data["tie"]),
            str(data["stopping"]["rule"]),
            requirements_of(data),
            {str(name): _trial(trial) for name, trial in data["trials"].items()},
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ResultsError(f"{path} is not a whole key ({error!r})") from error


def _trial(trial: Mapping[str, Any]) -> JudgedTrialKey:
    stimuli = tuple(str(blind) for blind in trial["order"])
    return JudgedTrialKey(
        visible(str(trial["item"])),
        str(trial["role"]),
        stimuli,
        tuple(visible(str(trial["stimuli"][blind])) for blind in stimuli),
        tuple(float(seconds) for seconds in trial["seconds"]),
        tuple(trial["expected"]),
        str(trial.get("word", "")),
        tuple(str(word) for word in trial.get("alternatives", ())),
        str(trial.get("feature", "")),
    )
