"""The diffusion decoder: conditioner, scaling, anchor, denoiser and process.

Every cell of the design space has the same conditioner, from the condition to features at the frame
rate; the denoiser differs with the domain of the output.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...processes.paths import PROCESSES
from ...processes.samplers import DrawNext, Sampler, preceded
from ..convnext import ConvNeXt, SpectralEncoder
from ..cuda_graphs import Replayed
from ..denoiser import Denoiser
from ..diffwave import DiffWave
from ..draws import DrawShape
from ..features import LOG_MEL_DEVIATION, LOG_MEL_MEAN, LogMel
from ..padding import stack
from ..patch_wave import PatchWave
from ..unet1d import UNet1d
from ..unet2d import UNet2d
from ..voice import Told, Voice
from .anchor import Anchor, Guide
from .config import DiffusionConfig
from .scaling import Scaling, deviation

# by module, the tensors that older files hold without a module's name
MOVED = {
    "scaling": (
        *("output_mean", "output_deviation", "condition_mean", "condition_deviation"),
        "band_deviation",
    ),
    "anchor": ("spread", "to_anchor.weight", "to_anchor.bias", "to_level.weight", "to_level.bias"),
}


class DiffusionDecoder(nn.Module):
    """Samples of the output given the condition."""

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.config = config
        self.process = PROCESSES[config.process]()
        self.scaling = self.build_scaling()
        self.conditioner = _conditioner(config)
        self.anchor = self.build_anchor()
        self.voice = Voice(config.features, config.mel) if config.voiced else None
        of_waveform = config.direct and config.condition == "wav"
        self.log_mel = LogMel(config.mel) if of_waveform else None
        self.denoiser = self.build_denoiser()
        self.register_load_state_dict_pre_hook(_move)  # type: ignore[no-untyped-call]

    def build_scaling(self) -> Scaling:
        """The units of the output."""
        return Scaling(self.config)

    def build_anchor(self) -> Anchor:
        """What the process runs around."""
        return Anchor(self.config, follow=self.process.ends_in_noise)

    def build_denoiser(self) -> Denoiser:
        """The denoiser of the configuration."""
        return DENOISERS[self.config.denoiser](self.config)

    @torch.no_grad()
    def measure(self, conditions: Tensor, outputs: Tensor) -> None:
        """Take means and deviations per channel from data [B, channels, T].

        An output keeps its level where the process needs a faint one (`Process.ends_in_noise`).
        """
        if self.voice is not None:
            outputs = self.voice.flatten(outputs[:, 0])[:, None]
        ends_in_noise = self.process.ends_in_noise
        self.scaling.measure(conditions, outputs, keep_level=not ends_in_noise)
        if (frames := self._frames(conditions)) is not None:
            self.anchor.fit(frames, self.scaling.standardize(outputs))
        if ends_in_noise and self.config.continues:
            ends = (self.scaling.standardize(x) for x in (outputs, conditions))
            self.anchor.spread.copy_(deviation(next(ends) - next(ends)))

    def guide(self, condition: Tensor, draw: DrawShape, passed: Tensor | None = None) -> Guide:
        """What a condition tells the denoiser.

        Args:
            draw: gives the phase and the noise of a voice's excitation.
            passed: periods passed at every sample [B, T], where training knows them.
        """
        features = self.features(condition)
        given = self.scaling.standardize(condition) if self.config.continues else None
        hint, told = self._hint(condition, features, draw, passed)
        return Guide(
            self.anchor.guess(features, given, self._frames(condition)),
            self.denoiser.prepare(features),
            self.anchor.level(features),
            hint,
            told,
        )

    def standardize(self, output: Tensor) -> Tensor:
        """Output [B, channels, T] as the process sees it; with a voice, flat."""
        if self.voice is not None:
            output = self.voice.flatten(output[:, 0])[:, None]
        return self.scaling.standardize(output)

    def restore(self, standardized: Tensor, guide: Guide) -> Tensor:
        """The output that `standardize` would make this of; a flat one is shaped as is told."""
        restored = self.scaling.restore(standardized)
        if self.voice is not None and guide.told is not None:
            restored = self.voice.shape(restored[:, 0], guide.told.mel)[:, None]
        return restored

    def features(self, condition: Tensor) -> Tensor:
        """What the conditioner makes of a condition [B, features, k]."""
        if self.config.condition == "wav":
            features: Tensor = self.conditioner(condition.squeeze(1))
        else:
            features = self.conditioner(self.scaling.standardize_condition(condition))
        return features

    def predict(self, y: Tensor, t: Tensor, guide: Guide) -> Tensor:
        """What the process predicts, for y at times t [B]."""
        beside = guide.anchor if guide.hint is None else guide.hint
        prediction: Tensor = self.denoiser(y, t, beside, guide.prepared, guide.lengths)
        return self.scaling.confine(prediction.float())

    def sample(
        self,
        condition: Tensor,
        sampler: Sampler,
        nfe: int,
        draw: DrawShape,
        temperature: float = 1.0,
        graphed: bool = False,
    ) -> Tensor:
        """An output drawn for a condition; `draw(shape)` gives standard normal tensors.

        The process's own ones are multiplied by the temperature.

        No step waits for the device: nothing that is computed there is looked at before the end.
        On CUDA, the denoiser's evaluations may be replayed as a graph.

        Raises:
            ValueError: the sampler cannot make `nfe` evaluations, or not along the process.
        """
        guide, length = self.guide(condition, draw), self.config.made_of(condition.shape[-1])

        def noise() -> Tensor:
            return temperature * self._noise(draw, (len(condition), length), condition.device)

        residual = self._walk(guide, sampler, nfe, noise, graphed)
        return self.restore(self.anchor.around(residual, guide), guide)

    def sample_together(
        self,
        conditions: Sequence[Tensor],
        sampler: Sampler,
        nfe: int,
        draws: Sequence[DrawShape],
        temperature: float = 1.0,
        graphed: bool = False,
    ) -> list[Tensor]:
        """An output for every condition [1, channels, T_i], each from random numbers of its own.

        The denoiser evaluates all of them as one padded batch. Up to rounding, each output is what
        `sample` makes of its condition alone. With a denoiser that takes no lengths, they are made
        one by one.

        Raises:
            ValueError: as `sample`.
        """
        if len(conditions) == 1 or not self.denoiser.takes_lengths:
            pairs = zip(conditions, draws, strict=True)
            return [self.sample(c, sampler, nfe, draw, temperature, graphed) for c, draw in pairs]
        guides = [self.guide(c, draw) for c, draw in zip(conditions, draws, strict=True)]
        device = conditions[0].device
        lengths = [self.config.made_of(condition.shape[-1]) for condition in conditions]

        def noise() -> Tensor:
            own = zip(draws, lengths, strict=True)
            drawn = [self._noise(draw, (1, length), device) for draw, length in own]
            return temperature * stack(drawn)

        residuals = self._walk(self._merged(guides, lengths), sampler, nfe, noise, graphed)
        return [
            self.restore(self.anchor.around(residual[None, :, :length], guide), guide)
            for residual, length, guide in zip(residuals, lengths, guides, strict=True)
        ]

    def regress(self, condition: Tensor, draw: DrawShape) -> Tensor:
        """The one output that the network makes of the condition when the process has no noise.

        Raises:
            ValueError: the output has neither an anchor nor an excitation to start from.
        """
        c = self.config
        if not c.hinted:
            raise ValueError(f"a {c.condition} condition gives no first guess at a {c.output}")
        guide = self.guide(condition, draw)
        return self.restore(self.refine(guide), guide)

    def refine(self, guide: Guide) -> Tensor:
        """The standardized output of `regress`: what one evaluation makes of anchor or hint."""
        start = guide.anchor if guide.hint is None else guide.hint
        assert start is not None
        zero = torch.zeros_like(start)
        return self.anchor.around(self.predict(zero, zero.new_ones(len(zero)), guide), guide)

    def _merged(self, guides: Sequence[Guide], lengths: Sequence[int]) -> Guide:
        """One guide of a padded batch; levels are applied signal by signal."""
        anchors = [guide.anchor for guide in guides if guide.anchor is not None]
        hints = [guide.hint for guide in guides if guide.hint is not None]
        prepared = self.denoiser.merge([guide.prepared for guide in guides])
        told = _brought(torch.tensor(lengths), prepared.device)
        return Guide(
            stack(anchors) if anchors else None,
            prepared,
            hint=stack(hints) if hints else None,
            lengths=told,
        )

    def _frames(self, condition: Tensor) -> Tensor | None:
        """Standardized frames [B, given channels, k] for a linear anchor; None without one."""
        if not self.config.direct:
            return None
        if self.log_mel is None:
            return self.scaling.standardize_condition(condition)
        heard: Tensor = self.log_mel(condition[:, 0])
        return (heard - LOG_MEL_MEAN) / LOG_MEL_DEVIATION

    def _hint(
        self, condition: Tensor, features: Tensor, draw: DrawShape, passed: Tensor | None
    ) -> tuple[Tensor, Told] | tuple[None, None]:
        """The signal beside which a voiced process runs, and what the condition tells of it."""
        if self.voice is None:
            return None, None
        guess = condition if self.config.condition == "mel" else None
        if self.config.condition == "wav":
            guess = self.voice.projection.log_mel(condition[:, 0])
        told = self.voice.tell(features, guess)
        if self.config.condition == "wav":
            return self.voice.flatten(condition[:, 0])[:, None], told
        return self.voice.excitation(told, draw, passed)[:, None], told

    def _noise(self, draw: DrawShape, size: tuple[int, int], device: torch.device) -> Tensor:
        """Noise of the process on the device; `size` is the number of items and their length."""
        items, length = size
        return self.scaling.noise(_brought(draw((items, self.scaling.channels, length)), device))

    def _walk(
        self, guide: Guide, sampler: Sampler, nfe: int, noise: DrawNext, graphed: bool
    ) -> Tensor:
        """The residual that a sampler ends with."""

        def evaluate(y: Tensor, t: Tensor) -> Tensor:
            return self.predict(y, t, guide)

        replayed = Replayed(evaluate) if graphed else evaluate

        def predict(y: Tensor, time: float) -> Tensor:
            return replayed(y, torch.full((len(y),), time, device=y.device))

        draw = noise
        if sampler.from_guess:
            if guide.anchor is None:
                raise ValueError(f"the sampler {sampler.name} starts from a guess; there is none")
            draw = preceded(guide.anchor, noise)
        return sampler(predict, self.process, nfe, draw)


def _brought(drawn: Tensor, device: torch.device) -> Tensor:
    """A drawn tensor on the device, which nobody waits for."""
    if drawn.device.type != device.type == "cuda":
        # from pageable memory, a copy would wait for all that the device still has to do
        drawn = drawn.pin_memory()
    return drawn.to(device, non_blocking=True)


def _conditioner(c: DiffusionConfig) -> nn.Module:
    if c.condition == "wav":
        return SpectralEncoder(c.n_fft, c.hop, c.conditioner_dim, c.conditioner_depth, c.features)
    channels, dim = c.condition_channels, c.conditioner_dim
    return ConvNeXt(channels, dim, c.conditioner_depth, c.features, kernel=7)


DENOISERS: dict[str, Callable[[DiffusionConfig], Denoiser]] = {
    "diffwave": lambda c: DiffWave(c.features, c.rates, c.dim, c.depth, c.hinted),
    "patch-wave": lambda c: PatchWave(c.features, c.hop, c.patch, c.dim, c.depth, c.hinted),
    "unet1d": lambda c: UNet1d(c.channels, c.features, c.dim, c.multipliers, c.anchored),
    "unet2d": lambda c: UNet2d(c.channels, c.dim, c.multipliers),
}


def _move(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Give tensors of older files the names that they have now."""
    for part, names in MOVED.items():
        for name in names:
            if prefix + name in state:
                state[f"{prefix}{part}.{name}"] = state.pop(prefix + name)
