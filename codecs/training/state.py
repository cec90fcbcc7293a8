"""What a checkpoint holds: all that the next step depends on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch.optim import Optimizer

from .average import MovingAverage
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .component import Component
from .optimizers import load_state
from .plan import TrainingPlan
from .schedule import CriticsTurn

CLOCKS = ("step", "seconds", "cpu_seconds", "audio_seconds")


class Resumable:
    """A training at one step, which a checkpoint keeps.

    Attributes:
        step: updates made.
        seconds, cpu_seconds: that they took, of the clock and of processor time.
        audio_seconds: of speech heard.
    """

    component: Component
    plan: TrainingPlan
    optimizer: Optimizer
    critic_optimizer: Optimizer | None
    critics_turn: CriticsTurn
    moving_average: MovingAverage

    step = 0
    seconds = 0.0
    cpu_seconds = 0.0
    audio_seconds = 0.0

    @property
    def checkpoint(self) -> Path:
        """The file that keeps it."""
        return self.plan.out / "checkpoint.pt"

    def save(self) -> None:
        """Write the checkpoint."""
        critics = self.critic_optimizer
        state = {
            **self._identity,
            **{name: getattr(self, name) for name in CLOCKS},
            "quantizing": self.component.quantizing,
            "critics_turn": self.critics_turn.state(),
            "networks": self.component.state_dict(),
            "average": self.moving_average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "critic_optimizer": critics.state_dict() if critics else None,
        }
        save_checkpoint(self.checkpoint, state)

    def resume(self) -> None:
        """Take up the checkpoint.

        Raises:
            CheckpointError: it is damaged, or of another component, configuration or seed.
        """
        state: Mapping[str, Any] = load_checkpoint(self.checkpoint)
        for key, value in self._identity.items():
            if state.get(key) != value:
                raise CheckpointError(
                    f"{self.checkpoint} has {key} {state.get(key)!r}, this run {value!r}; "
                    "choose another --out"
                )
        for name in CLOCKS:
            setattr(self, name, state[name])
        self.component.quantizing = state["quantizing"]
        self.critics_turn.resume(state["critics_turn"])
        self.component.load_state_dict(state["networks"])
        self.moving_average.module.load_state_dict(state["average"])
        load_state(self.optimizer, state["optimizer"])
        if self.critic_optimizer:
            load_state(self.critic_optimizer, state["critic_optimizer"])

    @property
    def _identity(self) -> dict[str, Any]:
        """What must be the same for a run to go on."""
        return {
            "component": self.component.name,
            "config": repr(self.component.config),
            "seed": self.plan.seed,
        }
