"""A diffusion decoder: conditioner, anchor, denoiser and process behind one configuration.

Every cell of the design space has the same conditioner, from the condition to features at the frame
rate. What the denoiser makes is standardized per channel. The anchor is a first guess at it, from
the features and, where the condition is of the output's own domain, from the condition itself. The
process runs around the anchor, over the residual in units of its own deviation (`spread`): Grad-TTS
starts at deviation 1 whatever the anchor, but a dequantized latent is so near to the latent that
nearly all of that noise would drown all there is to learn. A waveform has an anchor only if the
condition is one.

Speech falls by tens of decibels from vowels to pauses and from low frequencies to high ones, and
whatever noise sampling leaves would be heard where there is none of it. So where a process starts
in noise, waveforms are pre-emphasized, and the condition also tells their level in every frame,
which scales the noise (S. Lee et al., "PriorGrad", ICLR 2022).

Conventions
    condition  log-mel [B, bands, k], dequantized latent [B, latent, k] or waveform [B, 1, k * hop]
    output     the same three domains; the latent is the one before quantization
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..processes.paths import PROCESSES
from ..processes.samplers import Draw, Sampler
from .convnext import ConvNeXt, SpectralEncoder
from .denoiser import Denoiser
from .diffwave import DiffWave
from .draws import DrawShape
from .graphs import Replayed
from .patch_wave import PatchWave
from .precision import single_precision
from .unet1d import UNet1d
from .unet2d import UNet2d

Domain = Literal["wav", "mel", "lat"]

SMALLEST_DEVIATION = 1e-3  # of a channel that never changes
SPREAD_DECAY = 0.99
QUIETEST, LOUDEST = 1e-3, 1e2  # level of a frame, relative to the deviation of all waveforms
ECHO = 512  # samples after which 0.95 to that power is below the resolution of single precision


@dataclass(frozen=True)
class DiffusionConfig:
    """Domains and sizes of a diffusion decoder.

    Attributes:
        condition_channels, channels: of the condition and of the output; 1 for waveforms.
        process: one of `processes.paths.PROCESSES`.
        dim, depth: channels and layers of the waveform denoisers; the U-Nets' first width is `dim`,
            and `multipliers` make the others from it.
        rates: DiffWave's upsampling, multiplies to `hop`; patch: samples of a patch.
        features, conditioner_dim, conditioner_depth: sizes of the conditioner.
        n_fft: of the spectrum that the conditioner takes of a waveform.
        emphasis: coefficient of the pre-emphasis of waveforms; 0 for none.
        levelled: is the noise scaled by a level that the features tell? Waveforms only.
        built_on: fingerprint of the frozen weights that gave condition and output in training.
    """

    condition: Domain
    output: Domain
    condition_channels: int
    channels: int
    process: str
    denoiser: Literal["diffwave", "patch-wave", "wave-unet", "unet1d", "unet2d"]
    dim: int
    sample_rate: int = 16_000
    hop: int = 320
    depth: int = 8
    multipliers: tuple[int, ...] = (1, 2, 4)
    rates: tuple[int, ...] = (16, 20)
    patch: int = 40
    features: int = 128
    conditioner_dim: int = 128
    conditioner_depth: int = 4
    n_fft: int = 960
    emphasis: float = 0.0
    levelled: bool = False
    built_on: str = ""

    @property
    def anchored(self) -> bool:
        """Does the condition give a first guess at the output?"""
        return self.output != "wav" or self.condition == "wav"

    @property
    def continues(self) -> bool:
        """Is the condition itself a first guess at the output?"""
        return self.output == self.condition


@dataclass(frozen=True)
class Guide:
    """What the condition tells the denoiser, the same at every step; standardized."""

    anchor: Tensor | None
    prepared: Tensor
    level: Tensor | None = None


class DiffusionDecoder(nn.Module):
    """Samples of the output given the condition."""

    output_mean: Tensor
    output_deviation: Tensor
    condition_mean: Tensor
    condition_deviation: Tensor
    spread: Tensor

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.config = config
        self.process = PROCESSES[config.process]()
        sizes = {"output": config.channels, "condition": config.condition_channels}
        for name, channels in sizes.items():
            self.register_buffer(f"{name}_mean", torch.zeros(channels, 1))
            self.register_buffer(f"{name}_deviation", torch.ones(channels, 1))
        self.register_buffer("spread", torch.ones(config.channels, 1))
        self.conditioner = _conditioner(config)
        self.to_anchor: nn.Conv1d | None = None
        if config.output != "wav":
            self.to_anchor = nn.Conv1d(config.features, config.channels, 1)
            nn.init.zeros_(self.to_anchor.weight)
            assert self.to_anchor.bias is not None
            nn.init.zeros_(self.to_anchor.bias)
        self.to_level = nn.Conv1d(config.features, 1, 1) if config.levelled else None
        self.denoiser = self.build_denoiser()

    def build_denoiser(self) -> Denoiser:
        """The denoiser of the configuration."""
        return _denoiser(self.config)

    def standardize(self, output: Tensor) -> Tensor:
        """Output [B, channels, T] with mean 0 and deviation 1 per channel, over the training data.

        A waveform keeps its level where the process needs a faint one (`Process.ends_in_noise`).
        """
        return (self._emphasize(output) - self.output_mean) / self.output_deviation

    @torch.no_grad()
    def measure(self, conditions: Tensor, outputs: Tensor) -> None:
        """Take means and deviations per channel from data [B, channels, T]."""
        emphasized = self._emphasize(outputs)
        for name, data in (("output", emphasized), ("condition", conditions)):
            mean = data.mean(dim=(0, 2))[:, None]
            getattr(self, f"{name}_mean").copy_(mean)
            getattr(self, f"{name}_deviation").copy_(_deviation(data))
        if not self.process.ends_in_noise:
            self.output_mean.zero_()
            self.output_deviation.fill_(1)
        elif self.config.continues:
            residual = self.standardize(outputs) - self.standardize(conditions)
            self.spread.copy_(_deviation(residual))

    def guide(self, condition: Tensor) -> Guide:
        """Features and anchor of a condition."""
        features = self.features(condition)
        anchor: Tensor | None = None
        if self.config.continues:
            anchor = self.standardize(condition)
        if self.to_anchor is not None:
            learned = self.to_anchor(features)
            anchor = learned if anchor is None else anchor + learned
        # the anchor is part of the process, which runs in single precision
        anchor = None if anchor is None else anchor.float()
        level = self.to_level(features).float() if self.to_level is not None else None
        return Guide(anchor, self.denoiser.prepare(features), level)

    def features(self, condition: Tensor) -> Tensor:
        """What the conditioner makes of a condition [B, features, k]."""
        if self.config.condition == "wav":
            features: Tensor = self.conditioner(condition.squeeze(1))
        else:
            standardized = (condition - self.condition_mean) / self.condition_deviation
            features = self.conditioner(standardized)
        return features

    def residual(self, target: Tensor, guide: Guide) -> Tensor:
        """The data of the process: what the anchor leaves of a standardized output.

        In training, the spread follows the residual's deviation, since the anchor learns.
        """
        residual = target if guide.anchor is None else target - guide.anchor.detach()
        if guide.level is not None:
            residual = residual / self._envelope(guide.level.detach())
        if guide.anchor is None:
            return residual
        if self.training and self.process.ends_in_noise:
            self.spread.lerp_(_deviation(residual), 1 - SPREAD_DECAY)
        return residual / self.spread

    def levels(self, residual: Tensor) -> Tensor:
        """Logarithm of the root mean square [B, 1, k] of a waveform's frames."""
        frames = residual.reshape(*residual.shape[:2], -1, self.config.hop)
        return frames.square().mean(dim=3).clamp_min(QUIETEST**2).log() / 2

    def noise(self, white: Tensor) -> Tensor:
        """The noise of the process, of standard normal tensors: they themselves."""
        return white

    def predict(self, y: Tensor, t: Tensor, guide: Guide) -> Tensor:
        """What the process predicts, for y at times t [B]."""
        prediction: Tensor = self.denoiser(y, t, guide.anchor, guide.prepared)
        return prediction.float()

    def sample(
        self,
        condition: Tensor,
        sampler: Sampler,
        nfe: int,
        draw: DrawShape,
        graphed: bool = False,
    ) -> Tensor:
        """An output drawn for a condition; `draw(shape)` gives standard normal tensors.

        No step waits for the device: nothing that is computed there is looked at before the end.
        On CUDA, the denoiser's evaluations may be replayed as a graph.
        """
        guide, shape = self.guide(condition), self._shape(condition)
        device = condition.device

        def evaluate(y: Tensor, t: Tensor) -> Tensor:
            return self.predict(y, t, guide)

        predict = Replayed(evaluate) if graphed else evaluate

        def denoise(y: Tensor, time: float) -> Tensor:
            t = torch.full((len(y),), time, device=device)
            return self.process.clean(predict(y, t), y, time)

        def noise() -> Tensor:
            drawn = draw(shape)
            if drawn.device.type != device.type == "cuda":
                # from pageable memory, a copy would wait for all that the device still has to do
                drawn = drawn.pin_memory()
            return self.noise(drawn.to(device, non_blocking=True))

        draws = self._draws(guide, sampler, noise)
        return self._restore(self._around(guide, sampler(denoise, self.process, nfe, draws)))

    def regress(self, condition: Tensor) -> Tensor:
        """The one output that the network makes of the condition when no noise is given to it.

        Raises:
            ValueError: the output has no anchor to start from.
        """
        c = self.config
        if not c.anchored:
            raise ValueError(f"a {c.condition} condition gives no first guess at a {c.output}")
        return self._restore(self.refine(self.guide(condition)))

    def refine(self, guide: Guide) -> Tensor:
        """The standardized output of `regress`: the anchor, corrected by one evaluation."""
        assert guide.anchor is not None
        zero = torch.zeros_like(guide.anchor)
        return self._around(guide, self.predict(zero, zero.new_ones(len(zero)), guide))

    def _draws(self, guide: Guide, sampler: Sampler, draw: Draw) -> Draw:
        """Where a sampler takes its tensors from."""
        return draw

    def _around(self, guide: Guide, residual: Tensor) -> Tensor:
        if guide.anchor is not None:
            residual = self.spread * residual
        if guide.level is not None:
            residual = residual * self._envelope(guide.level)
        return residual if guide.anchor is None else guide.anchor + residual

    def _restore(self, standardized: Tensor) -> Tensor:
        restored = standardized * self.output_deviation + self.output_mean
        if not self.config.emphasis:
            return restored
        return _filter(restored, self.config.emphasis ** torch.arange(ECHO))

    def _emphasize(self, output: Tensor) -> Tensor:
        if not self.config.emphasis:
            return output
        return output - self.config.emphasis * F.pad(output, (1, 0))[..., :-1]

    def _envelope(self, level: Tensor) -> Tensor:
        """Scale [B, 1, k * hop] of the noise, between the frames' levels [B, 1, k] linear."""
        smooth = F.interpolate(level, scale_factor=float(self.config.hop), mode="linear")
        return smooth.clamp(math.log(QUIETEST), math.log(LOUDEST)).exp()

    def _shape(self, condition: Tensor) -> tuple[int, int, int]:
        c = self.config
        frames = condition.shape[-1] // (c.hop if c.condition == "wav" else 1)
        return len(condition), c.channels, frames * (c.hop if c.output == "wav" else 1)


def _filter(signals: Tensor, response: Tensor) -> Tensor:
    """Signals [B, 1, T] through a causal filter with this impulse response [N]."""
    kernel = response.flip(0)[None, None].to(signals)
    with single_precision(signals.device):
        return F.conv1d(F.pad(signals, (len(response) - 1, 0)), kernel)


def _deviation(data: Tensor) -> Tensor:
    """Per channel [channels, 1], of data [B, channels, T]."""
    return data.std(dim=(0, 2))[:, None].clamp_min(SMALLEST_DEVIATION)


def _conditioner(c: DiffusionConfig) -> nn.Module:
    if c.condition == "wav":
        return SpectralEncoder(c.n_fft, c.hop, c.conditioner_dim, c.conditioner_depth, c.features)
    channels, dim = c.condition_channels, c.conditioner_dim
    return ConvNeXt(channels, dim, c.conditioner_depth, c.features, kernel=7)


def _denoiser(c: DiffusionConfig) -> Denoiser:
    if c.denoiser == "diffwave":
        return DiffWave(c.features, c.rates, c.dim, c.depth, c.anchored)
    if c.denoiser == "patch-wave":
        return PatchWave(c.features, c.hop, c.patch, c.dim, c.depth, c.anchored)
    if c.denoiser == "unet1d":
        return UNet1d(c.channels, c.features, c.dim, c.multipliers, c.anchored)
    return UNet2d(c.channels, c.dim, c.multipliers)
