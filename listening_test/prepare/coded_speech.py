"""What a listening test takes from a run: conditions, items, where they lie, and their scores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.recorded_audio import RecordedAudio
from ...benchmarks.store.run_directory import RunDirectory, RunError
from ..schema import BuildError

COLUMNS = ("visqol", "pesq_wb", "mel_distance", "lsd")  # the first that was measured is used


@dataclass(frozen=True)
class Passage:
    """One item of a run, as a test can present it; `speaker` and `sex` are "" where unknown."""

    id: str
    path: Path
    speaker: str
    sex: str
    seconds: float


@dataclass(frozen=True)
class CodedSpeech:
    """What a finished run offers.

    `kinds`, `rates` (Hz) and `codecs` are of every condition, in the run's order; `scores` are
    values of the objective metric `column` by condition and item, of the first draw; `audio` gives
    the files that are still what was measured.
    """

    directory: RunDirectory
    items: tuple[Passage, ...]
    kinds: Mapping[str, str]
    rates: Mapping[str, int]
    column: str
    scores: Mapping[tuple[str, str], float]
    audio: RecordedAudio
    codecs: Mapping[str, str] = field(default_factory=dict)

    def decoded(self, condition: str, item: Passage) -> Path:
        """File of the first draw."""
        return self.directory.decoded(condition, item.id)


def read_coded_speech(root: Path) -> CodedSpeech:
    """What the run in a directory offers.

    Raises:
        BuildError: no finished run there, or a damaged one.
    """
    try:
        run = read_run(root, foreign=True)
    except RunError as error:
        raise BuildError(f"{error}; `nscbench run SUITE --out DIR` makes a run") from error
    conditions = run.scores.conditions
    first = run.scores.part(conditions, draw=0)
    column = next((name for name in COLUMNS if name in first.measured), "")
    table = first.of(column)
    return CodedSpeech(
        run.directories[0],
        tuple(_passage(entry) for entry in run.scores.items.values()),
        {name: str(entry["kind"]) for name, entry in conditions.items()},
        {name: int(entry["sample_rate"]) for name, entry in conditions.items()},
        column,
        {
            (str(condition), str(item)): float(value)
            for condition, values in table.items()
            for item, value in values.items()
            if math.isfinite(value)
        },
        RecordedAudio(run),
        {name: str(entry["codec"]) for name, entry in conditions.items()},
    )


def _passage(entry: Mapping[str, Any]) -> Passage:
    return Passage(
        str(entry["id"]),
        Path(entry["path"]),
        str(entry["speaker"]),
        str(entry["sex"]),
        float(entry["seconds"]),
    )
