"""Fundamental frequency as a network tells it: classes on a logarithmic scale, then a local mean.

A class is 25 cents wide, and the mean over the classes beside the most likely one resolves some
cents. Labels are soft: a Gaussian of one class around the measured value.

    logits    [B, m, CLASSES]
    log F0    base-2 logarithm of Hz [B, m]
    labels    Hz [B, m], 0 where unvoiced (`metrics.machinery.pitch`)

J. W. Kim et al., "CREPE: A Convolutional Representation for Pitch Estimation", ICASSP 2018.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .convnext import ConvNeXt

LOWEST, HIGHEST = 55.0, 440.0  # Hz
CLASSES = 144  # 48 an octave
REACH = 3  # classes on either side of the most likely one that its mean takes in
PER_FRAME = 2  # values in a frame of 20 ms


class PitchClasses(nn.Module):
    """The classes' places, and what they make of logits and labels."""

    places: Tensor

    def __init__(self) -> None:
        super().__init__()
        places = torch.linspace(math.log2(LOWEST), math.log2(HIGHEST), CLASSES)
        self.register_buffer("places", places, persistent=False)

    def estimate(self, logits: Tensor) -> Tensor:
        """Log F0 [B, m] of logits [B, m, CLASSES]."""
        best = logits.argmax(dim=-1, keepdim=True)
        numbers = torch.arange(CLASSES, device=logits.device)
        beyond = (numbers - best).abs() > REACH
        weights = torch.softmax(logits.float().masked_fill(beyond, -math.inf), dim=-1)
        # a product of matrices would be one of bfloat16 where networks compute in it
        return (weights * self.places).sum(dim=-1)

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of the classes over the voiced places; 0 where there are none."""
        voiced = labels > 0
        wanted = self.targets(labels.clamp_min(1).log2())
        entropy = -(wanted * F.log_softmax(logits.float(), dim=-1)).sum(dim=-1)
        return (entropy * voiced).sum() / voiced.sum().clamp_min(1)

    def targets(self, log_f0: Tensor) -> Tensor:
        """Probabilities of the classes [B, m, CLASSES] for a log F0 [B, m]."""
        step = self.places[1] - self.places[0]
        distance = (self.places - log_f0[..., None]) / step
        return torch.softmax(-0.5 * distance.square(), dim=-1)


class PitchNetwork(nn.Module):
    """Log-mels to logits of the classes and of voicing, `PER_FRAME` values a frame.

    Shapes: [B, bands, k] to [B, m, CLASSES] and [B, m] with m = k * PER_FRAME.
    """

    def __init__(self, bands: int, dim: int, depth: int) -> None:
        super().__init__()
        self.body = ConvNeXt(bands, dim, depth, PER_FRAME * (CLASSES + 1), kernel=5)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        # pitch does not depend on the level, and little of it should be left
        told = self.body(mel - 0.5 * mel.mean(dim=1, keepdim=True)).transpose(1, 2)
        told = told.reshape(len(told), -1, CLASSES + 1)
        return told[..., :CLASSES], told[..., CLASSES]


def bridge(labels: Tensor) -> Tensor:
    """Log F0 [B, m] of labels: gaps bridged by straight lines, ends held; 150 Hz without any."""
    places = torch.arange(labels.shape[1], device=labels.device).expand_as(labels)
    voiced = labels > 0
    before = torch.where(voiced, places, -1).cummax(dim=1).values
    after = labels.shape[1] - 1 - places
    after = torch.where(voiced, after, -1).flip(1).cummax(dim=1).values.flip(1)
    after = labels.shape[1] - 1 - after  # the next voiced place; beyond the end where none is
    nothing_before, nothing_after = before < 0, after >= labels.shape[1]
    left = torch.where(nothing_before, after, before).clamp(0, labels.shape[1] - 1)
    right = torch.where(nothing_after, before, after).clamp(0, labels.shape[1] - 1)
    log_f0 = torch.where(voiced, labels.clamp_min(1).log2(), math.log2(150))
    share = (places - left) / (right - left).clamp_min(1)
    return torch.lerp(log_f0.gather(1, left), log_f0.gather(1, right), share)
