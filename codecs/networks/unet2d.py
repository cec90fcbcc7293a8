"""Grad-TTS's denoiser: a two-dimensional U-Net over a mel spectrogram, time against bands.

The anchor and the noisy residual are its two input channels; the noisy spectrogram that the paper
puts beside the anchor is their weighted sum. What the condition knows reaches it through the anchor
alone. The bands of a mel spectrogram are neighbours, which is what convolving over them supposes;
the channels of a latent are not (`networks.unet1d`).

V. Popov et al., "Grad-TTS: A Diffusion Probabilistic Model for Text-to-Speech", ICML 2021.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from . import blockwise
from .denoiser import Denoiser, LinearAttention, TimeEmbedding, fill_frames, filled_inside
from .padding import GroupNorm, cleared, every, inside_of, over_rows

GROUPS = 8


class Mish(nn.Mish):
    """Mish; in inference on a CPU it overwrites its input, which no other layer reads.

    x tanh(log(1 + e)), with e = exp(x), is x - 2 x / ((1 + e)^2 + 1): one exponential in the place
    of two and a hyperbolic tangent. Where the square overflows, it is x, as it should be.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not blockwise.applies(x):
            return super().forward(x)
        square = x.exp().add_(1).square_()
        return x.addcdiv_(x, square.add_(1), value=-2)


class Block(nn.Sequential):
    """Convolution, group normalization, Mish."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, padding=1), GroupNorm(GROUPS, outputs), Mish()
        )

    def forward(self, x: Tensor, inside: Tensor | None = None) -> Tensor:
        convolve, norm, activate = self
        y: Tensor = activate(norm(convolve(cleared(x, inside)), inside))
        return y


class ResidualBlock(nn.Module):
    """Two blocks, the time's embedding added between them, beside a skip."""

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.time = nn.Sequential(nn.Mish(), nn.Linear(time, outputs))
        self.first, self.second = Block(inputs, outputs), Block(outputs, outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor, inside: Tensor | None) -> Tensor:
        # in place: Mish needs its input for the gradient, not its output
        y = self.first(x, inside).add_(self.time(time)[:, :, None, None])
        made: Tensor = self.second(y, inside)
        return made.add_(self.skip(x))


class Stage(nn.Module):
    """Two residual blocks and attention over all positions."""

    def __init__(self, inputs: int, outputs: int, time: int) -> None:
        super().__init__()
        self.first = ResidualBlock(inputs, outputs, time)
        self.second = ResidualBlock(outputs, outputs, time)
        self.attention = LinearAttention(outputs)

    def forward(self, x: Tensor, time: Tensor, inside: Tensor | None) -> Tensor:
        y = self.second(self.first(x, time, inside), time, inside)
        return attend(self.attention, y, inside)


def attend(attention: LinearAttention, y: Tensor, inside: Tensor | None) -> Tensor:
    """Attention over all positions of y [B, C, bands, k]."""
    attended: Tensor = attention(y.flatten(2), over_rows(inside, y.shape[2]))
    return attended.view_as(y)


class UNet2d(Denoiser):
    """Spectrograms [B, bands, k]; the number of bands must divide by every downsampling."""

    def __init__(self, bands: int, dim: int, multipliers: Sequence[int]) -> None:
        """Raises ValueError if the bands cannot be halved as often as there are stages."""
        super().__init__()
        self.multiple = 2 ** (len(multipliers) - 1)
        if bands % self.multiple:
            raise ValueError(f"{bands} bands do not divide by {self.multiple}")
        widths = [2, *(dim * m for m in multipliers)]
        self.time = TimeEmbedding(dim)
        self.down = nn.ModuleList(Stage(a, b, dim) for a, b in pairwise(widths))
        self.shrink = nn.ModuleList(nn.Conv2d(w, w, 3, 2, 1) for w in widths[1:-1])
        self.middle = nn.ModuleList(ResidualBlock(widths[-1], widths[-1], dim) for _ in range(2))
        self.attention = LinearAttention(widths[-1])
        rising = list(pairwise(reversed(widths[1:])))
        self.up = nn.ModuleList(Stage(2 * a, b, dim) for a, b in rising)
        self.grow = nn.ModuleList(nn.ConvTranspose2d(b, b, 4, 2, 1) for _, b in rising)
        self.exit = nn.Sequential(Block(dim, dim), nn.Conv2d(dim, 1, 1))

    def prepare(self, features: Tensor) -> Tensor:
        """The features themselves, unused: the condition reaches this network by the anchor."""
        return features

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        anchor: Tensor | None,
        prepared: Tensor,
        lengths: Tensor | None = None,
    ) -> Tensor:
        """Raises ValueError without an anchor."""
        if anchor is None:
            raise ValueError("the two-dimensional U-Net is conditioned by an anchor; there is none")
        time = self.time(t)
        y, skips = fill_frames(torch.stack([anchor, x], dim=1), self.multiple), []
        filled = filled_inside(lengths, y.shape[-1], self.multiple)
        inside = [every(filled, 2**level) for level in range(len(self.down))]
        for i, stage in enumerate(self.down):
            y = stage(y, time, inside[i])
            skips.append(y)
            if i < len(self.shrink):
                y = self.shrink[i](y)  # 3 wide, it reaches beyond no signal of even length
        y = self.middle[0](y, time, inside[-1])
        y = self.middle[1](attend(self.attention, y, inside[-1]), time, inside[-1])
        for stage, grow in zip(self.up, self.grow, strict=True):
            level = len(skips) - 1
            y = stage(torch.cat([y, skips.pop()], dim=1), time, inside[level])
            y = grow(cleared(y, inside[level]))
        block, project = self.exit
        prediction: Tensor = project(block(y, filled)).squeeze(1)
        return cleared(prediction[..., : x.shape[-1]], inside_of(lengths, x.shape[-1]))
