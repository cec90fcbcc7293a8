"""What a training has cost: of every run that the weights have been through, and in all.

Weights that go on from others (`--init`) have their runs too: a card tells the whole of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Effort:
    """One run.

    Attributes:
        steps: updates.
        minutes: of the clock, other work on the machine included.
        cpu_minutes: of processor time, all threads of the process.
        audio_seconds: of speech heard, repetitions included.
        processor: that computed.
        commit: of the code; "" where it is unknown.
    """

    steps: int
    minutes: float
    cpu_minutes: float
    audio_seconds: float
    processor: str = ""
    commit: str = ""


Runs = tuple[Effort, ...]


def describe(runs: Sequence[Effort]) -> dict[str, Any]:
    """Sums, and every run, for a card."""
    return {
        "steps": sum(run.steps for run in runs),
        "minutes": round(sum(run.minutes for run in runs), 2),
        "cpu_minutes": round(sum(run.cpu_minutes for run in runs), 2),
        "audio_seconds": round(sum(run.audio_seconds for run in runs), 1),
        "runs": [asdict(run) for run in runs],
    }


def runs_of(weights: Path) -> Runs:
    """The runs that made a weights' file, by the card beside it; none without a card."""
    card = weights.with_suffix(".json")
    if not card.is_file():
        return ()
    told: Mapping[str, Any] = json.loads(card.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Effort)]
    rows = told.get("runs", [told])  # one run, in cards that were written before there were more
    known = [{name: row[name] for name in names if name in row} for row in rows]
    return tuple(Effort(**{"cpu_minutes": 0.0, **row}) for row in known)
