"""Training of diffusion decoders: speech to condition and target, one loss for every cell.

The frozen ends turn crops into pairs; every item gets one of the rates, so that one decoder serves
all of them. The anchor learns by Grad-TTS's prior loss, half the squared distance, and is a
constant to the process around it; the denoiser's own sight of it carries gradients.

V. Popov et al., "Grad-TTS", ICML 2021, section 3.3.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.diffusion import DiffusionConfig, DiffusionDecoder, Guide
from ..networks.draws import Draws, DrawShape, steady
from ..networks.precision import half_precision
from ..neural.back_ends import BackEnd
from ..neural.diffusion_codec import RATES
from ..neural.front_ends import FrontEnd
from ..processes.samplers import AS_TRAINED, COOLED, EVALUATIONS, Sampler, euler
from ..weights.parts import DIFFUSION, FrameConfig, Part, TokenConfig
from ..weights.pretrained import load
from .anchor_losses import level_loss, prior_loss
from .component import Component, Recipe, Turn
from .data import Crops
from .known_voice import Known, known_voice, voice_losses
from .pitch_labels import measure_pitch

LARGEST_GRADIENT = 1.0
MEASURED_BATCHES = 20  # for means and deviations
VALIDATION_TIMES = 8


@dataclass(frozen=True)
class Ends:
    """The two ends of a cell and their frozen networks; None for a back end that needs none."""

    front: FrontEnd[Any, Any]
    front_network: Any
    back: BackEnd[Any, Any]
    back_network: Any

    @classmethod
    def load(
        cls, front: FrontEnd[Any, Any], back: BackEnd[Any, Any], weights: Mapping[str, str]
    ) -> "Ends":
        """The ends on these weights, by the names of their parts.

        Training moves them to its device, so they are copies of what the loader keeps for others.
        """
        first = load(weights[front.part.name], front.part).network
        last = load(weights[back.part.name], back.part).network if back.part else None
        return cls(front, copy.deepcopy(first), back, copy.deepcopy(last))

    @property
    def back_config(self) -> FrameConfig | None:
        """The configuration of the back end's network, if there is one."""
        return None if self.back_network is None else self.back_network.config

    @property
    def stage_counts(self) -> tuple[int, ...]:
        """Quantizer stages of the rates of the design space."""
        c: TokenConfig = self.front_network.config
        stage_kbps = c.sample_rate / c.hop * (c.entries - 1).bit_length() / 1000
        return tuple(round(rate / stage_kbps) for rate in RATES)


class DiffusionTraining(Component):
    """A diffusion decoder between two frozen ends."""

    name = DIFFUSION.name
    part: ClassVar[Part[DiffusionConfig, DiffusionDecoder]] = DIFFUSION
    model: DiffusionDecoder
    critics = None
    nfe: ClassVar[int] = EVALUATIONS  # it is heard as its codec decodes

    def __init__(self, config: DiffusionConfig, ends: Ends, recipe: Recipe) -> None:
        super().__init__()
        self.model = self.part.network(config)
        self.recipe = recipe
        self.ends = ends
        self.front_network = ends.front_network.eval().requires_grad_(False)
        self.back_network = ends.back_network
        if self.back_network is not None:
            self.back_network.eval().requires_grad_(False)

    @property
    def sampler(self) -> Sampler:
        """The one that validates."""
        return euler

    @property
    def temperature(self) -> float:
        """Of validation. What is drawn from noise alone becomes fainter with less of it."""
        return AS_TRAINED if self.config.levelled else COOLED

    def architecture(self, config: DiffusionConfig) -> DiffusionConfig:
        """The configuration without the fingerprint of the ends, and without a linear anchor.

        Older weights have none: theirs is fitted when means and deviations are measured anew.
        """
        return replace(config, built_on="", direct=False)

    def start_from(self, network: DiffusionDecoder) -> None:
        """Take over the weights of a trained decoder.

        If its ends have learned on since, or it has no linear anchor yet, means and deviations are
        measured anew.

        Raises:
            CodecError: the network has another configuration.
        """
        super().start_from(network)
        self.started = network.config == self.config

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        draws = Draws(generator, next(self.model.parameters()).device)
        pairs = [self.pair(crops(), draws) for _ in range(MEASURED_BATCHES)]
        self.model.measure(torch.cat([c for c, _ in pairs]), torch.cat([o for _, o in pairs]))

    @property
    def wants_pitch(self) -> bool:
        return self.model.voice is not None

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        voice = self.known(crops)
        condition, output = self.pair(voice.audio, turn.draws, voice.passed)
        with half_precision(output.device):
            losses = self.losses(self.model, condition, output, turn.draws, voice)
        turn.model_optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
        turn.model_optimizer.step()
        return {name: loss.detach() for name, loss in losses.items()}

    def known(self, crops: Crops) -> Known:
        """What training knows of the crops' voices, if the decoder asks for it."""
        voice = self.model.voice
        if voice is None or crops.pitch is None:
            return Known(crops.audio)
        return known_voice(voice, crops.audio, crops.pitch)

    def losses(
        self,
        model: DiffusionDecoder,
        condition: Tensor,
        output: Tensor,
        draws: Draws,
        known: Known,
    ) -> dict[str, Tensor]:
        """Losses of pairs [B, ...], each at a time and with noise of its own."""
        guide = model.guide(condition, draws.normal, known.passed)
        target = model.standardize(output)
        own = self._own_loss(model, guide, target, draws)
        told = voice_losses(model, guide, output, known)
        return own | prior_loss(model, guide, target) | level_loss(model, guide, target) | told

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        return {
            f"{count}stages": self.render(model, self.tokenize(audio, count))
            for count in self.ends.stage_counts
        }

    def distances(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        known = self._measured(audio).repeated(VALIDATION_TIMES)
        output = self.ends.back.target(self.back_network, known.audio)
        draw = steady(audio.device)
        return {
            f"{count}stages/{name}": loss
            for count in self.ends.stage_counts
            for name, loss in self.losses(
                model,
                self._condition(self.tokenize(known.audio, count), draw, known.passed),
                output,
                Draws(torch.Generator().manual_seed(0), audio.device),
                known,
            ).items()
        }

    def tokenize(self, audio: Tensor, count: int) -> Tensor:
        """Indices [B, count, k] of signals [B, k * hop]."""
        return self.ends.front.tokenize(self.front_network, audio, count)

    def render(self, model: Any, indices: Tensor) -> Tensor:
        """Signals [B, k * hop] that `model` makes of indices [B, stages, k]."""
        draw = steady(indices.device)
        made = self._make(model, self._condition(indices, draw))
        return self.ends.back.waveform(self.back_network, made, draw)

    @torch.no_grad()
    def pair(
        self, audio: Tensor, draws: Draws, passed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Conditions and outputs of signals [B, k * hop], each item at a rate of its own.

        `passed` are the periods passed at every sample, where real pulses are known.
        """
        self.front_network.eval()  # the trainer's `train()` reaches them, and they must not learn
        if self.back_network is not None:
            self.back_network.eval()
        counts = self.ends.stage_counts
        choice = draws(lambda g: torch.randint(len(counts), (len(audio),), generator=g))
        front, network = self.ends.front, self.front_network
        decoded = [
            front.condition(network, front.tokenize(network, audio, count), draws.normal, passed)
            for count in counts
        ]
        condition = torch.stack(decoded)[choice, torch.arange(len(audio), device=audio.device)]
        return condition, self.ends.back.target(self.back_network, audio)

    def _own_loss(
        self, model: DiffusionDecoder, guide: Guide, target: Tensor, draws: Draws
    ) -> dict[str, Tensor]:
        process = model.process
        residual = model.anchor.residual(target, guide)
        t = draws(lambda generator: process.draw_times(len(target), generator))
        noise = model.scaling.noise(draws.normal(tuple(target.shape)))
        y = process.diffuse(residual, noise, t)
        prediction = model.predict(y, t.to(target), guide)
        wanted = process.target(residual, noise, t)
        return {"diffusion": self._distance(prediction, wanted)}

    def _distance(self, prediction: Tensor, wanted: Tensor) -> Tensor:
        # as published: L1 for DiffWave's noise, squares for Grad-TTS and for flows
        model = self.model
        absolute = model.process.predicts == "noise" and model.config.output == "wav"
        return F.l1_loss(prediction, wanted) if absolute else F.mse_loss(prediction, wanted)

    def _make(self, model: DiffusionDecoder, condition: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(0)

        def draw(shape: tuple[int, ...]) -> Tensor:
            return torch.randn(shape, generator=generator)

        return model.sample(condition, self.sampler, self.nfe, draw, self.temperature)

    def _condition(self, indices: Tensor, draw: DrawShape, passed: Tensor | None = None) -> Tensor:
        return self.ends.front.condition(self.front_network, indices, draw, passed)

    def _measured(self, audio: Tensor) -> Known:
        """What is known of a signal [1, T] after its pitch was measured, if it is asked for."""
        if not self.wants_pitch:
            return Known(audio)
        rate = self.config.sample_rate
        labels = measure_pitch(audio[0].double().cpu().numpy(), rate)
        return self.known(Crops(audio, torch.from_numpy(labels)[None].to(audio.device)))
