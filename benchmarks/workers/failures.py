"""How a task can fail without ending the run, and what each failure says of another try."""

from concurrent.futures import BrokenExecutor

from ..store.printable import printable


class Misfit(ValueError):
    """A process would give other results than the one that planned the run."""


class TaskFailed(Exception):
    """A task failed on another machine: the message is what `reason` said there."""


class TaskLost(TaskFailed):
    """The process of a task on another machine was stopped at its time limit."""


class TaskDied(TaskLost):
    """The process of a task on another machine died."""


class ProcessDied(Exception):
    """The process of a task died; its exit code, negative for a signal."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode


def reason(error: BaseException) -> str:
    """One line that says why a task failed."""
    if isinstance(error, TimeoutError):
        return "took longer than its time limit and was stopped"
    if isinstance(error, ProcessDied):
        return f"its process died (exit code {error.exitcode})"
    text = printable(" ".join(str(error).split()))
    if isinstance(error, MemoryError):
        return f"took more memory than it may{': ' * bool(text)}{text}"
    return text if isinstance(error, ValueError | TaskFailed) else f"{type(error).__name__}: {text}"


def lost(error: BaseException | None) -> bool:
    """Did the task's process die or hang, so that its other work is worth another try?"""
    return isinstance(error, TimeoutError | ProcessDied | BrokenExecutor | TaskLost)


def died(error: BaseException | None) -> bool:
    """Did the task's process die? Others than the task may have killed it."""
    return isinstance(error, ProcessDied | BrokenExecutor | TaskDied)
