"""The key of a blind test: what each stimulus of each trial was. Its form, `schema` says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..schema import SCHEMA, ResultsError, condition_of, visible


@dataclass(frozen=True)
class TrialKey:
    """One trial: its item, its conditions by blind id, and what the builder found of its anchor."""

    item: str
    stimuli: Mapping[str, str]
    mid_anchor_audible: bool = True


@dataclass(frozen=True)
class Requirements:
    """What listeners had to meet.

    Attributes:
        headphones: was the check "offered", "asked" or "required"? But for the first, who did not
            pass it does not count.
        seconds: that every signal was to be heard.
    """

    headphones: str = "offered"
    seconds: float = 0.0


@dataclass(frozen=True)
class Key:
    """One test: its id, its trials by id, and what it required."""

    test: str
    trials: Mapping[str, TrialKey]
    requirements: Requirements = Requirements()

    def trial(self, name: str) -> TrialKey | None:
        """The trial of this id, or else of this item, which is all that a long table names."""
        of_item = (trial for trial in self.trials.values() if trial.item == name)
        return self.trials.get(name) or next(of_item, None)

    @property
    def inaudible(self) -> frozenset[str]:
        """Items whose mid anchor hardly differs from the reference."""
        return frozenset(t.item for t in self.trials.values() if not t.mid_anchor_audible)


def read_key(path: Path) -> Key:
    """The key in a file.

    Raises:
        ResultsError: no such file, or not a key of this schema.
    """
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(f"{path} cannot be read as a key: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else "no object"
        raise ResultsError(f"{path} is not a key of schema {SCHEMA}: {found!r}")
    try:
        trials = {
            str(name): TrialKey(
                visible(str(trial["item"])),
                {
                    str(blind): visible(condition_of(str(condition)))
                    for blind, condition in trial["stimuli"].items()
                },
                trial.get("mid_anchor_audible", True) is not False,
            )
            for name, trial in data["trials"].items()
        }
        return Key(str(data["test"]), trials, requirements_of(data))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ResultsError(
            f"{path} is not a key: it needs test, and trials with item and stimuli ({error!r})"
        ) from error


def requirements_of(key: Mapping[str, Any]) -> Requirements:
    """What the listeners of a key's test had to meet; `TypeError` and the like where it is odd."""
    told = key.get("requirements", {})
    return Requirements(str(told.get("headphones", "offered")), float(told.get("seconds", 0)))
