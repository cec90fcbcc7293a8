"""Multi-Band Diffusion: four bands of a waveform, each with a diffusion model of its own.

A standardized waveform is equalized, so that its energy over frequency resembles that of the noise
to which it is diffused, and split into four bands of equal width in mel. Each band has its own
U-Net; they share the condition and the times. The bands that are sampled are equalized back and
summed.

The equalizer multiplies each of eight mel bands by (deviation of white noise in it / deviation of
the training data in it) ** rho. Rho is 0.4, and 0.75 for the model of the highest band, as in the
published configuration. (The published code has the noise's variance in the numerator.)

R. San Roman et al., "From Discrete Tokens to High-Fidelity Audio Using Multi-Band Diffusion",
NeurIPS 2023. Unlike there, a model's noise and its prediction are confined to its band: the noise
outside of it, which the published networks learn to take away, never enters. (In units of the
noise's own deviation; the ratio of signal to noise is the paper's at every frequency.) And the four
models are trained together, behind one conditioner, that of the suite's cells.

The latents of a source-filter codec tell no phase, where EnCodec's do. On such ones the waveform
may be a flat one, beside the voice's own excitation, as in the suite's cells (`networks.voice`):
every model sees the excitation, and diffuses its band of the flat signal.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from .bands import band_deviations, band_responses, noise_deviations, weigh
from .diffusion import DiffusionConfig, DiffusionDecoder, Scaling
from .diffusion.scaling import SMALLEST_DEVIATION
from .wave_unet import MultiBandUNet

NOISE_GRID = 1 << 14  # samples, on which the deviation of noise in a band is computed


@dataclass(frozen=True)
class MultiBandConfig(DiffusionConfig):
    """Sizes of a multi-band decoder; the U-Nets have one width for every stride.

    Attributes:
        strides: of the U-Nets' levels.
        equalizer_bands: bands whose energy is matched to that of noise.
        equalizer_powers: rho of every diffusion band; as many as there are bands.
    """

    denoisers: ClassVar[tuple[str, ...]] = ("wave-unet",)

    strides: tuple[int, ...] = (20, 4, 4)
    equalizer_bands: int = 8
    equalizer_powers: tuple[float, ...] = (0.4, 0.4, 0.4, 0.75)


class BandScaling(Scaling):
    """Equalized bands [B, bands, T] of a standardized waveform [B, 1, T]."""

    band_deviation: Tensor
    powers: Tensor

    def __init__(self, config: MultiBandConfig) -> None:
        super().__init__(config)
        self.config = config
        self.register_buffer("band_deviation", torch.ones(config.equalizer_bands))
        powers = torch.tensor(config.equalizer_powers)[:, None]
        self.register_buffer("powers", powers, persistent=False)

    @property
    def channels(self) -> int:
        return len(self.powers)

    @torch.no_grad()
    def measure(self, conditions: Tensor, outputs: Tensor, keep_level: bool) -> None:
        """Means and deviations, and the deviation of each band of the equalizer."""
        super().measure(conditions, outputs, keep_level)
        standardized = super().standardize(outputs).squeeze(1)
        bands, rate = self.config.equalizer_bands, self.config.sample_rate
        mean_power = band_deviations(standardized, bands, rate).square().mean(dim=0)
        self.band_deviation.copy_(mean_power.sqrt().clamp_min(SMALLEST_DEVIATION))

    def standardize(self, output: Tensor) -> Tensor:
        return self.noise(weigh(super().standardize(output), self._equalizers(output.shape[-1])))

    def restore(self, standardized: Tensor) -> Tensor:
        deviations = noise_deviations(self._split(NOISE_GRID))[:, None]
        undone = deviations / self._equalizers(standardized.shape[-1])
        return super().restore(weigh(standardized, undone).sum(dim=1, keepdim=True))

    def noise(self, white: Tensor) -> Tensor:
        """White noise [B, bands, T], confined to the models' bands, of deviation 1 in each."""
        deviations = noise_deviations(self._split(NOISE_GRID))[:, None]
        return weigh(white, self._split(white.shape[-1]) / deviations)

    def confine(self, prediction: Tensor) -> Tensor:
        """A prediction within the bands of the models that made it."""
        return weigh(prediction, self._split(prediction.shape[-1]))

    def _split(self, samples: int) -> Tensor:
        """Responses [bands, F] of the models."""
        device = self.band_deviation.device
        return band_responses(self.channels, samples, self.config.sample_rate, device)

    def _equalizers(self, samples: int) -> Tensor:
        """Responses [bands, F] of the equalizer with the power of every diffusion model."""
        c, device = self.config, self.band_deviation.device
        shape = c.equalizer_bands, c.sample_rate
        noise = noise_deviations(band_responses(shape[0], NOISE_GRID, shape[1], device))
        gains = (noise / self.band_deviation) ** self.powers
        return gains @ band_responses(shape[0], samples, shape[1], device)


class MultiBandDecoder(DiffusionDecoder):
    """Waveforms [B, 1, k * hop] given the condition, by way of bands [B, bands, k * hop]."""

    config: MultiBandConfig

    def build_scaling(self) -> BandScaling:
        return BandScaling(self.config)

    def build_denoiser(self) -> MultiBandUNet:
        c = self.config
        widths = [c.dim * multiplier for multiplier in c.multipliers]
        return MultiBandUNet(len(c.equalizer_powers), c.features, widths, c.strides, c.hinted)
