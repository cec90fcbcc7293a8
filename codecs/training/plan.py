"""How long, where and how a component is trained."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from .effort import Runs


@dataclass(frozen=True)
class Budget:
    """How long to train: a number of steps or of minutes (of this run, resumed ones included)."""

    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("a budget is either steps or minutes")

    def progress(self, step: int, seconds: float) -> float:
        """Share of the budget that is spent, at most 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps) if self.steps else 1.0
        assert self.minutes is not None
        return min(1.0, seconds / (60 * self.minutes))


@dataclass(frozen=True)
class TrainingPlan:
    """Where and how a component is trained.

    Attributes:
        tensorboard: event files join the logs.
        history: runs that the weights have been through already.
    """

    out: Path
    budget: Budget
    seed: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    validate_minutes: float = 5.0
    tensorboard: bool = False
    history: Runs = ()
