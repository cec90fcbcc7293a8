"""The units in which a diffusion decoder works: every channel has mean 0 and deviation 1.

Speech falls by tens of decibels from low frequencies to high ones, and whatever noise sampling
leaves would be heard where there is none of it; so waveforms may be pre-emphasized as well.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..precision import single_precision
from .config import DiffusionConfig

SMALLEST_DEVIATION = 1e-3  # of a channel that never changes
ECHO = 512  # samples after which 0.95 to that power is below the resolution of single precision


class Scaling(nn.Module):
    """Means and deviations per channel of condition and output, over the training data."""

    output_mean: Tensor
    output_deviation: Tensor
    condition_mean: Tensor
    condition_deviation: Tensor

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.emphasis = config.emphasis
        sizes = {"output": config.channels, "condition": config.condition_channels}
        for name, channels in sizes.items():
            self.register_buffer(f"{name}_mean", torch.zeros(channels, 1))
            self.register_buffer(f"{name}_deviation", torch.ones(channels, 1))

    @property
    def channels(self) -> int:
        """Channels of a standardized output."""
        return len(self.output_mean)

    @torch.no_grad()
    def measure(self, conditions: Tensor, outputs: Tensor, keep_level: bool) -> None:
        """Take means and deviations from data [B, channels, T].

        With `keep_level`, outputs are left at their mean and level.
        """
        for name, data in (("output", self._emphasize(outputs)), ("condition", conditions)):
            getattr(self, f"{name}_mean").copy_(data.mean(dim=(0, 2))[:, None])
            getattr(self, f"{name}_deviation").copy_(deviation(data))
        if keep_level:
            self.output_mean.zero_()
            self.output_deviation.fill_(1)

    def standardize(self, output: Tensor) -> Tensor:
        """Output [B, channels, T] as the process sees it, pre-emphasized and standardized."""
        return (self._emphasize(output) - self.output_mean) / self.output_deviation

    def restore(self, standardized: Tensor) -> Tensor:
        """The output that `standardize` would make this of."""
        restored = standardized * self.output_deviation + self.output_mean
        if not self.emphasis:
            return restored
        return _filter(restored, self.emphasis ** torch.arange(ECHO))

    def standardize_condition(self, condition: Tensor) -> Tensor:
        """Condition [B, channels, k] with mean 0 and deviation 1 per channel."""
        return (condition - self.condition_mean) / self.condition_deviation

    def noise(self, white: Tensor) -> Tensor:
        """The noise of the process, made from standard normal tensors: here, as they are."""
        return white

    def confine(self, prediction: Tensor) -> Tensor:
        """A prediction without the frequencies that no output can have: here, as it is."""
        return prediction

    def _emphasize(self, output: Tensor) -> Tensor:
        if not self.emphasis:
            return output
        return output - self.emphasis * F.pad(output, (1, 0))[..., :-1]


def deviation(data: Tensor) -> Tensor:
    """Per channel [channels, 1], of data [B, channels, T]."""
    return data.std(dim=(0, 2))[:, None].clamp_min(SMALLEST_DEVIATION)


def _filter(signals: Tensor, response: Tensor) -> Tensor:
    """Signals [B, 1, T] through a causal filter with this impulse response [N]."""
    kernel = response.flip(0)[None, None].to(signals)
    with single_precision(signals.device):
        return F.conv1d(F.pad(signals, (len(response) - 1, 0)), kernel)
