"""The signals of a run that can be played, and why others cannot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...benchmarks.store.contents import ContentError
from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.recorded_audio import RecordedAudio

# Mono signal [T] within [-1, 1] and rate in Hz of a file; None where it is no audio
ReadSignal = Callable[[Path], tuple[NDArray[np.float64], int] | None]


class RunSignals:
    """The signals of a run, each only if it still is what was measured.

    Attributes:
        faults: a sentence for each that was asked for and cannot be had.
        changed: is one of them there, but another one?
    """

    def __init__(self, run: Run, read_signal: ReadSignal) -> None:
        self._recorded = RecordedAudio(run)
        self._read_signal = read_signal
        self.faults: list[str] = []
        self.changed = False

    def signal(self, item: str, condition: str = "") -> tuple[NDArray[np.float64], int] | None:
        """The recording of an item, or what a condition made of it; None where it cannot be had."""
        try:
            recorded = self._recorded
            path = recorded.decoded(condition, item) if condition else recorded.recording(item)
        except ContentError as error:
            self.faults.append(f"{item}: {condition or 'its recording'}: {error}")
            self.changed |= not error.missing
            return None
        if path is None:  # it failed, as the failures tell
            return None
        signal = self._read_signal(path)
        if signal is None:
            self.faults.append(f"{item}: {condition or 'its recording'}: {path}: is no audio")
        return signal
