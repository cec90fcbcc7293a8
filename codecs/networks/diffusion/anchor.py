"""A first guess at the standardized output, and the residual that the process runs over.

The anchor is made from the features and, where the condition is of the output's own domain, from
the condition itself. The process runs over what it leaves of the output, in units of that
residual's own deviation (`spread`): Grad-TTS starts at deviation 1 whatever the anchor, but a
dequantized latent is so near to the latent that noise of deviation 1 would drown nearly all that
there is to learn. A waveform has an anchor only if the condition is one.

Between mels and latents, the anchor may begin as a linear map fitted to data: most of what one
tells of the other is linear, and a network needs long to find that.

Speech falls by tens of decibels from vowels to pauses too. So for waveforms the features may also
tell the residual's level in every frame, which scales the noise (S. Lee et al., "PriorGrad", ICLR
2022).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..precision import single_precision
from ..voice import Told
from .config import DiffusionConfig
from .scaling import deviation

SPREAD_DECAY = 0.99
CONTEXT = 3  # frames that a linear map sees
RIDGE = 1e-3  # of the mean square of what it sees
QUIETEST, LOUDEST = 1e-3, 1e2  # level of a frame, relative to the deviation of all waveforms


@dataclass(frozen=True)
class Guide:
    """What the condition tells the denoiser, the same at every step.

    Attributes:
        anchor: standardized first guess [B, channels, T]; None where there is none.
        prepared: what the denoiser made of the features.
        level: logarithm of the residual's level in every frame [B, 1, k]; None if it is not told.
        hint: flat signal [B, 1, T] beside which a voiced process runs; None elsewhere.
        told: what the condition tells of the voice; None elsewhere.
        lengths: of the outputs in a padded batch [B]; None where none is padded.
    """

    anchor: Tensor | None
    prepared: Tensor
    level: Tensor | None = None
    hint: Tensor | None = None
    told: Told | None = None
    lengths: Tensor | None = None


class Anchor(nn.Module):
    """What the features tell of the output before any sampling."""

    spread: Tensor

    def __init__(self, config: DiffusionConfig, follow: bool) -> None:
        """With `follow`, the spread follows the residual in training, since the anchor learns."""
        super().__init__()
        self.hop, self.follow = config.hop, follow
        self.register_buffer("spread", torch.ones(config.channels, 1))
        self.to_anchor: nn.Conv1d | None = None
        if config.output != "wav":
            self.to_anchor = nn.Conv1d(config.features, config.channels, 1)
            nn.init.zeros_(self.to_anchor.weight)
            assert self.to_anchor.bias is not None
            nn.init.zeros_(self.to_anchor.bias)
        self.to_level = nn.Conv1d(config.features, 1, 1) if config.levelled else None
        self.direct: nn.Conv1d | None = None
        if config.direct:
            self.direct = nn.Conv1d(config.given_channels, config.channels, CONTEXT, padding=1)

    @torch.no_grad()
    def fit(self, frames: Tensor, target: Tensor) -> None:
        """Let the anchor begin as the linear map from frames to standardized outputs.

        Least squares with a ridge; the spread becomes that of what is left.

        Args:
            frames: [B, given channels, k].
            target: [B, channels, k].
        """
        assert self.direct is not None
        assert self.to_anchor is not None
        assert self.to_anchor.bias is not None
        assert self.direct.bias is not None
        seen = F.pad(frames, (CONTEXT // 2, CONTEXT // 2)).unfold(2, CONTEXT, 1).transpose(1, 2)
        x = seen.flatten(2).flatten(0, 1).double()  # [B * k, given channels * CONTEXT]
        x = torch.cat([x, x.new_ones(len(x), 1)], dim=1)
        y = target.transpose(1, 2).flatten(0, 1).double()
        ridge = RIDGE * len(x) * torch.eye(x.shape[1], device=x.device, dtype=x.dtype)
        solution = torch.linalg.solve(x.T @ x + ridge, x.T @ y)  # [given channels * CONTEXT + 1, C]
        self.direct.weight.copy_(solution[:-1].T.reshape(self.direct.weight.shape))
        self.direct.bias.copy_(solution[-1])
        nn.init.zeros_(self.to_anchor.weight)
        nn.init.zeros_(self.to_anchor.bias)
        self.spread.copy_(deviation(target - self.direct(frames)))

    def guess(
        self, features: Tensor, given: Tensor | None, frames: Tensor | None = None
    ) -> Tensor | None:
        """The first guess of features [B, features, k], added to a standardized one if given.

        `frames` are those of the condition, for a linear map.
        """
        if self.direct is not None and frames is not None:
            with single_precision(frames.device):
                given = self.direct(frames.float())
        if self.to_anchor is not None:
            learned: Tensor = self.to_anchor(features)
            given = learned if given is None else given + learned
        # the anchor is part of the process, which runs in single precision
        return None if given is None else given.float()

    def level(self, features: Tensor) -> Tensor | None:
        """Logarithm of the residual's level [B, 1, k]; None where it is not told."""
        return None if self.to_level is None else self.to_level(features).float()

    def residual(self, target: Tensor, guide: Guide) -> Tensor:
        """The data of the process: what the anchor leaves of a standardized output."""
        residual = target if guide.anchor is None else target - guide.anchor.detach()
        if guide.level is not None:
            residual = residual / self._envelope(guide.level.detach())
        if guide.anchor is None:
            return residual
        if self.training and self.follow:
            self.spread.lerp_(deviation(residual), 1 - SPREAD_DECAY)
        return residual / self.spread

    def around(self, residual: Tensor, guide: Guide) -> Tensor:
        """The standardized output whose residual this is."""
        if guide.anchor is not None:
            residual = self.spread * residual
        if guide.level is not None:
            residual = residual * self._envelope(guide.level)
        return residual if guide.anchor is None else guide.anchor + residual

    def levels(self, residual: Tensor) -> Tensor:
        """Logarithm of the root mean square [B, 1, k] of a waveform's frames."""
        frames = residual.reshape(*residual.shape[:2], -1, self.hop)
        return frames.square().mean(dim=3).clamp_min(QUIETEST**2).log() / 2

    def _envelope(self, level: Tensor) -> Tensor:
        """Scale [B, 1, k * hop] of the noise; between the frames' levels, its log is linear."""
        smooth = F.interpolate(level, scale_factor=float(self.hop), mode="linear")
        return smooth.clamp(math.log(QUIETEST), math.log(LOUDEST)).exp()
