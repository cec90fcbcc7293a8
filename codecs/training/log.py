"""The log of a training run: a long CSV, one line per value, and the same for TensorBoard."""

import csv
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

COLUMNS = ("step", "minutes", "audio_seconds", "name", "value")


class Log:
    """A file of (step, minutes, seconds of speech, name, value).

    With `tensorboard`, the values also go to event files in `tensorboard/NAME` beside the file
    NAME.csv; that needs the package of that name.
    """

    def __init__(self, path: Path, *, tensorboard: bool = False) -> None:
        self.path = path
        self._tensorboard = tensorboard
        self._last: int | None = None  # step that a resumed run goes on from

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
        if self._tensorboard:
            for name, value in values.items():
                self._events.add_scalar(name, value, step)
            self._events.flush()

    def cut(self, step: int) -> None:
        """Drop what was logged after `step`, and a line that a kill tore."""
        self._last = step
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines[1:] if _step_of(line) <= step]
        self.path.write_text("".join(lines[:1] + kept), encoding="utf-8", newline="")

    @cached_property
    def _events(self) -> "SummaryWriter":
        from torch.utils.tensorboard import SummaryWriter  # only where it is asked for

        folder = self.path.parent / "tensorboard" / self.path.stem
        # TensorBoard then shows nothing that an earlier process wrote from this step on
        purged = None if self._last is None else self._last + 1
        return SummaryWriter(folder, purge_step=purged)


def _step_of(line: str) -> float:
    """The step of a whole line; infinite for a torn one."""
    fields = line.split(",")
    whole = line.endswith("\n") and len(fields) == len(COLUMNS)
    return int(fields[0]) if whole and fields[0].isdigit() else float("inf")
