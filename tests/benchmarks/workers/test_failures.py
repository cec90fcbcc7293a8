"""What a run says of failed tasks, and which of them it tries again."""

import signal
from concurrent.futures import BrokenExecutor

import pytest

from nscbench.benchmarks.workers.failures import (
    Misfit,
    ProcessDied,
    TaskDied,
    TaskFailed,
    TaskLost,
    died,
    lost,
    reason,
)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError(), "took longer than its time limit and was stopped"),
        (ProcessDied(-signal.SIGKILL), "its process died (exit code -9)"),
        (MemoryError(), "took more memory than it may"),
        (MemoryError("16 GiB"), "took more memory than it may: 16 GiB"),
        (ValueError("two\n  lines"), "two lines"),
        (Misfit("others"), "others"),
        (TaskFailed("as told there"), "as told there"),
        (OSError(28, "No space left"), "OSError: [Errno 28] No space left"),
    ],
)
def test_a_reason_is_one_line(error, told):
    assert reason(error) == told


@pytest.mark.parametrize(
    ("error", "is_lost", "has_died"),
    [
        (None, False, False),
        (ValueError("bad"), False, False),
        (TaskFailed("bad"), False, False),
        (TimeoutError(), True, False),
        (TaskLost("slow"), True, False),
        (ProcessDied(11), True, True),
        (BrokenExecutor("gone"), True, True),
        (TaskDied("gone"), True, True),
    ],
)
def test_what_died_is_lost_and_what_hung_has_not_died(error, is_lost, has_died):
    assert (lost(error), died(error)) == (is_lost, has_died)
