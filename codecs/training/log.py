"""The log of a training run: a long CSV, one line per value."""

import csv
from collections.abc import Mapping
from pathlib import Path

COLUMNS = ("step", "minutes", "audio_seconds", "name", "value")


class Log:
    """A file of (step, minutes, seconds of speech, name, value)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(
        self, step: int, seconds: float, audio_seconds: float, values: Mapping[str, float]
    ) -> None:
        """Add a line for every value."""
        head = (step, f"{seconds / 60:.3f}", f"{audio_seconds:.1f}")
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if not file.tell():
                writer.writerow(COLUMNS)
            writer.writerows([*head, name, f"{value:.6g}"] for name, value in values.items())

    def cut(self, step: int) -> None:
        """Drop what was logged after `step`, and a line that a kill tore."""
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines[1:] if _step_of(line) <= step]
        self.path.write_text("".join(lines[:1] + kept), encoding="utf-8", newline="")


def _step_of(line: str) -> float:
    """The step of a whole line; infinite for a torn one."""
    fields = line.split(",")
    whole = line.endswith("\n") and len(fields) == len(COLUMNS)
    return int(fields[0]) if whole and fields[0].isdigit() else float("inf")
