"""What workers are asked to do, and what a worker is: processes of this machine (`local`), or of
others (`remote`)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from ..store.cache import Stage

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Request(ABC, Generic[R_co]):
    """One stage with all that it needs, so that any process can do it; a frozen dataclass.

    Class attributes:
        stage: whose processes do it.

    Attributes:
        device: that it needs.
    """

    stage: ClassVar[Stage]
    device: str

    @property
    @abstractmethod
    def reads(self) -> tuple[Path, ...]:
        """The files that it needs."""

    @property
    @abstractmethod
    def writes(self) -> tuple[Path, ...]:
        """The files that it makes."""

    @abstractmethod
    def moved(self, here: Mapping[Path, Path]) -> Self:
        """The same with its files elsewhere: for a worker that does not see this disk."""

    @abstractmethod
    def do(self) -> R_co:
        """Do it, in this process."""


@dataclass(frozen=True)
class Work(Generic[R_co]):
    """One task.

    Attributes:
        request: what to do.
        limit: seconds after which its process is killed.
        owner: the condition whose own processes do it; "" for those that all share.
    """

    request: Request[R_co]
    limit: float
    owner: str = ""


class Task(Future[R]):
    """A future that knows how many seconds its work took, where that was measured."""

    seconds: float | None = None


def seconds_of(task: "Future[Any]") -> float | None:
    """Seconds that a task's work took; None where nobody measured it."""
    return task.seconds if isinstance(task, Task) else None


class Workers(Protocol):
    """Does work; a context manager."""

    @property
    def coding_room(self) -> int:
        """Tasks of encoding and decoding that are worth submitting at once."""

    @property
    def scoring_room(self) -> int:
        """Tasks of scoring that are worth submitting at once."""

    def device(self, wanted: str) -> str:
        """The device that "auto", "cpu" or "cuda" means here.

        Raises:
            RunError: there is none such.
        """

    def hardware(self, device: str) -> dict[str, Any]:
        """What does the work, for the manifest."""

    def submit(self, work: Work[R]) -> "Future[R]":
        """Do it; the future has what the request returns or raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
