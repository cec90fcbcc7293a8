"""Training steps: run as they are, or recorded once as a CUDA graph and replayed.

One step of a small network with its discriminators asks a GPU for thousands of kernels, most of
which take less time than launching them. Its shapes never change, so what one step launches can be
recorded and launched as a whole; only the speech and the random numbers are others. Which
discriminators take part is fixed in a recording, so there is one for each turn of theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..networks.draws import Draw, Draws
from ..networks.graphs import Recorder
from .component import Component, Turn

WARM_STEPS = 3  # before recording: optimizers allocate their state, libraries choose algorithms

Losses = dict[str, Tensor]
Kind = tuple[bool, bool]  # do the discriminators learn, and does the model hear them?


class Places(Draws):
    """The random tensors of a recorded step: places on the device, filled anew for every replay."""

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        super().__init__(generator, device)
        self.filled: list[tuple[Draw, Tensor]] = []

    def __call__(self, draw: Draw) -> Tensor:
        """A place for what `draw` makes, not filled yet: recording must not wait for a copy."""
        place = torch.empty_like(draw(self.generator), device=self.device)
        self.filled.append((draw, place))
        return place

    def fill(self, generator: torch.Generator) -> None:
        """Draw everything from this generator, in the order in which the step asks for it."""
        for draw, place in self.filled:
            place.copy_(draw(generator), non_blocking=True)


@dataclass
class Recording:
    """The steps of one kind: how many were run as they are, then what one launches."""

    runs: int = 0
    audio: Tensor | None = None
    places: Places | None = None
    losses: Losses = field(default_factory=dict)
    replay: Callable[[], None] | None = None


class Steps:
    """The steps of one component with its optimizers; replayed if there is a recorder."""

    def __init__(
        self,
        component: Component,
        optimizer: Optimizer,
        critic_optimizer: Optimizer | None,
        recorder: Recorder | None = None,
    ) -> None:
        self.component = component
        self.optimizer, self.critic_optimizer = optimizer, critic_optimizer
        self.recorder = recorder
        self.recordings: dict[Kind, Recording] = {}

    def __call__(self, audio: Tensor, kind: Kind, generator: torch.Generator) -> Losses:
        """One step on crops [B, T]; the losses, valid until the next step."""
        if self.recorder is None:
            return self._update(audio, kind, Draws(generator, audio.device))
        recording = self.recordings.setdefault(kind, Recording())
        if recording.runs < WARM_STEPS:
            recording.runs += 1
            draws = Draws(generator, audio.device)
            return self.recorder.run(lambda: self._update(audio, kind, draws))
        if recording.replay is None:
            self._record(self.recorder, recording, audio, kind)
        assert recording.audio is not None
        assert recording.places is not None
        assert recording.replay is not None
        recording.audio.copy_(audio)
        recording.places.fill(generator)
        recording.replay()
        return recording.losses

    def _record(self, recorder: Recorder, into: Recording, audio: Tensor, kind: Kind) -> None:
        held = audio.clone()
        places = Places(torch.Generator(), audio.device)
        into.losses, into.replay = recorder.record(lambda: self._update(held, kind, places))
        into.audio, into.places = held, places

    def _update(self, audio: Tensor, kind: Kind, draws: Draws) -> Losses:
        turn = Turn(self.optimizer, self.critic_optimizer, *kind, draws)
        return self.component.update(audio, turn)
