"""The training loop: visible, resumable at any moment, and a function of its seed.

State      everything that a step depends on is in the checkpoint: networks, moving averages,
           optimizers, step, seconds spent. Data and random numbers are functions of (seed, step),
           so a run of a given number of steps that was killed and resumed ends with the very
           tensors of an undisturbed one (on a CPU)
Schedule   a budget of steps or of minutes; progress is the share of it that is spent. The learning
           rate falls along a cosine to a tenth; discriminators join after the recipe's share
Exports    the moving average of the weights, never the raw ones
Failure    a loss that is not finite stops the run before it can reach the checkpoint
"""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import soundfile
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..coding.entropy import COUNTS
from ..networks.cuda_graphs import CudaRecorder
from ..networks.weight_norm import folded_state
from .average import MovingAverage
from .card import commit, describe_data, make_card, processor
from .checkpoint import export_weights
from .component import Component
from .data import Crops, Recording, open_speech
from .effort import Effort, Runs
from .log import Log
from .optimizers import make_optimizer, set_rate
from .plan import TrainingPlan
from .schedule import CriticsTurn, rate_factor
from .state import Resumable
from .steps import Steps
from .tokens import count_tokens
from .validation import ValidationItem, validate

CHECKPOINT_SECONDS = 40.0
LONGEST_STEP = 120.0  # seconds; what is beyond was a process or a machine that slept


class TrainingError(RuntimeError):
    """Training cannot go on: the message says at which step and why."""


class Trainer(Resumable):
    """One component, its optimizers and its moving average, at one step."""

    def __init__(
        self,
        component: Component,
        recordings: Sequence[Recording],
        items: Sequence[ValidationItem],
        plan: TrainingPlan,
    ) -> None:
        """Train `component` on `recordings`, which are packed beside the run's folder."""
        self.component = component.to(plan.device)
        self.recordings, self.items, self.plan = recordings, items, plan
        rate = component.config.sample_rate
        self.speech = open_speech(recordings, rate, plan.out.parent, component.wants_pitch)
        self.moving_average = MovingAverage(component.model)
        critics = component.critics
        self.optimizer = make_optimizer(component.model, plan.device)
        self.critic_optimizer = make_optimizer(critics, plan.device) if critics else None
        recorder = CudaRecorder(plan.device) if plan.device.type == "cuda" else None
        self.steps = Steps(component, self.optimizer, self.critic_optimizer, recorder)
        members = len(critics.members) if critics else 0
        self.critics_turn = CriticsTurn(component.recipe, members, component.started)
        plan.out.mkdir(parents=True, exist_ok=True)
        self.losses, self.scores = (
            Log(plan.out / f"{name}.csv", tensorboard=plan.tensorboard)
            for name in ("train", "validation")
        )

    @property
    def average(self) -> nn.Module:
        """The network with the moving average of its weights."""
        return self.moving_average.module

    @property
    def weights(self) -> Path:
        """The file that `run` exports."""
        return self.plan.out / f"{self.component.name}.safetensors"

    @property
    def progress(self) -> float:
        return self.plan.budget.progress(self.step, self.seconds)

    def run(self) -> Path:
        """Train until the budget is spent, from the checkpoint if there is one; the weights' file.

        Raises:
            TrainingError: a loss is not finite.
            CheckpointError: the checkpoint is damaged or of another component.
        """
        if self.checkpoint.exists():
            self.resume()
        else:
            self.initialize()
        saved = validated = last = time.monotonic()
        cpu_before = self.cpu_seconds - time.process_time()
        with tqdm(desc=self.component.name, unit="step", disable=None, initial=self.step) as bar:
            while self.progress < 1:
                losses = self.train_step()
                now = time.monotonic()
                self.seconds += min(now - last, LONGEST_STEP)
                last = now
                self.cpu_seconds = cpu_before + time.process_time()
                bar.update()
                bar.set_postfix_str(f"{self.progress:.1%} " + _spell(losses))
                if now - validated > 60 * self.plan.validate_minutes:
                    self.report()
                    validated = time.monotonic()
                if now - saved > CHECKPOINT_SECONDS:
                    self.save()
                    saved = time.monotonic()
        self.report(thorough=True)
        self.save()
        return self.weights

    def train_step(self) -> dict[str, float]:
        """One step on the batch that belongs to it; the losses.

        Raises:
            TrainingError: a loss is not finite.
        """
        recipe = self.component.recipe
        learn, judge = self.critics_turn.phase(self.progress)
        fall = rate_factor(self.step, self.progress)
        set_rate(self.optimizer, recipe.learning_rate * fall)
        if self.critic_optimizer is not None:
            set_rate(self.critic_optimizer, recipe.critic_learning_rate * fall)
        if not self.component.quantizing and self.progress >= recipe.plain_share:
            self._begin_quantizing()
        learn = learn and self.step % recipe.critic_interval == 0
        kind = (learn, judge, self.component.quantizing)
        generator = torch.Generator().manual_seed(self.plan.seed * 1_000_003 + self.step)
        self.component.train()
        tensors = self.steps(self._batch(self.step), kind, generator)
        losses = {name: float(value) for name, value in tensors.items()}
        self.step += 1
        self.audio_seconds += recipe.items * recipe.crop / self.component.config.sample_rate
        if not all(map(math.isfinite, losses.values())):
            raise TrainingError(
                f"step {self.step}: not finite: {_spell(losses)}; "
                f"the last good state is {self.checkpoint}"
            )
        if "critic" in losses:
            self.critics_turn.observe(losses["critic"])
        self.moving_average.update(self.step)
        self.losses.append(self.step, self.seconds, self.audio_seconds, losses)
        return losses

    def report(self, thorough: bool = False) -> dict[str, float]:
        """Validate the moving average, log it, write its weights and card, and audio samples."""
        scores, sounds = validate(self.component, self.average, self.items, thorough)
        self.scores.append(self.step, self.seconds, self.audio_seconds, scores)
        rate = self.component.config.sample_rate
        for name, sound in sounds.items():
            soundfile.write(self.plan.out / f"{name}.wav", sound, rate)
        counts = count_tokens(self.component, self.average, lambda n: self._batch(-n).audio)
        data = describe_data(self.recordings, self.speech.total / rate / 3600)
        card = make_card(self.component.name, data, self._runs(), scores, counts, self.plan.device)
        tensors = folded_state(self.average) | ({} if counts is None else {COUNTS: counts})
        export_weights(self.weights, tensors, self.component.config, card)
        return scores

    def _runs(self) -> Runs:
        """Those before, and this one."""
        own = Effort(
            self.step,
            round(self.seconds / 60, 2),
            round(self.cpu_seconds / 60, 2),
            round(self.audio_seconds, 1),
            processor(self.plan.device.type),
            commit(),
        )
        return (*self.plan.history, own)

    def resume(self) -> None:
        """Take up the checkpoint, and forget what was logged after it.

        Raises:
            CheckpointError: it is damaged, or of another component, configuration or seed.
        """
        super().resume()
        self.losses.cut(self.step)
        self.scores.cut(self.step)

    def initialize(self) -> None:
        """Let the component see data that no step sees: batches of negative step numbers."""
        self.component.eval()
        if not self.component.started:
            self.component.initialize(*self._unseen())
            self.component.quantizing = False
        self.average.load_state_dict(self.component.model.state_dict())

    def _begin_quantizing(self) -> None:
        self.component.eval()
        self.component.begin_quantizing(*self._unseen())
        self.component.quantizing = True
        self.moving_average.restart("quantizer.")

    def _unseen(self) -> tuple[Callable[[], Tensor], torch.Generator]:
        """Batches that no step sees, ever new ones, and a generator."""
        batches = (self._batch(-n).audio for n in range(1, 1 << 30))
        return lambda: next(batches), torch.Generator().manual_seed(self.plan.seed)

    def _batch(self, step: int) -> Crops:
        recipe = self.component.recipe
        # negative steps become large ones: a generator's seed is a natural number
        crops = self.speech.batch(self.plan.seed, step % (1 << 32), recipe.items, recipe.crop)
        return crops.to(self.plan.device)


def _spell(losses: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.3f}" for name, value in losses.items())
