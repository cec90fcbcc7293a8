"""Training steps: run as they are, or recorded once as a CUDA graph and replayed.

One step of a small network with its discriminators asks a GPU for thousands of kernels, most of
which take less time than launching them. Its shapes never change, so what one step launches can be
recorded and launched as a whole; only the speech and the random numbers are others. Which
discriminators take part is fixed in a recording, so there is one for each turn of theirs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..networks.cuda_graphs import Recorder
from ..networks.draws import Draws, FromGenerator
from .component import Component, Turn
from .data import Crops

WARM_STEPS = 3  # before recording: optimizers allocate their state, libraries choose algorithms

Losses = dict[str, Tensor]
# do the discriminators learn, does the model hear them, does the quantizer take part?
Participants = tuple[bool, bool, bool]


class Places(Draws):
    """The random tensors of a recorded step: places on the device, filled anew for every replay.

    They are those of the last step before recording. A place that the recording itself allocated
    could lie where an earlier kernel of the same step writes.
    """

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        super().__init__(generator, device)
        self.filled: list[tuple[FromGenerator, Tensor]] = []
        self._given: Iterator[tuple[FromGenerator, Tensor]] | None = None

    def __call__(self, draw: FromGenerator) -> Tensor:
        """What `draw` makes, in a new place; while recording, the place that it has."""
        if self._given is not None:
            return next(self._given)[1]
        place = super().__call__(draw)
        self.filled.append((draw, place))
        return place

    def give(self) -> None:
        """From now on, give the places in the order in which they were made."""
        self._given = iter(self.filled)

    def fill(self, generator: torch.Generator) -> None:
        """Draw everything from this generator, in the order in which the step asks for it."""
        for draw, place in self.filled:
            place.copy_(draw(generator), non_blocking=True)


@dataclass
class RecordedStep:
    """The steps of one kind: how many were run as they are, then what one launches."""

    crops: Crops
    places: Places
    runs: int = 0
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
        self.recordings: dict[Participants, RecordedStep] = {}

    def __call__(self, crops: Crops, kind: Participants, generator: torch.Generator) -> Losses:
        """One step; the losses, valid until the next step."""
        if self.recorder is None:
            return self._update(crops, kind, Draws(generator, crops.audio.device))
        recording = self.recordings.get(kind)
        if recording is None or recording.runs < WARM_STEPS:
            runs = recording.runs if recording else 0
            places = Places(generator, crops.audio.device)
            self.recordings[kind] = RecordedStep(crops.clone(), places, runs + 1)
            return self.recorder.run(lambda: self._update(crops, kind, places))
        if recording.replay is None:
            torch.cuda.empty_cache()  # what plain steps held, a graph has to hold once more
            recording.places.give()
            recording.losses, recording.replay = self.recorder.record(
                lambda: self._update(recording.crops, kind, recording.places)
            )
        recording.crops.copy_(crops)
        recording.places.fill(generator)
        recording.replay()
        return recording.losses

    def _update(self, crops: Crops, kind: Participants, draws: Draws) -> Losses:
        turn = Turn(self.optimizer, self.critic_optimizer, *kind, draws)
        return self.component.update(crops, turn)
