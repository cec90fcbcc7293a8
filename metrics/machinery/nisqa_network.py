"""The network of NISQA v2: a small CNN for each segment, self-attention over them, five ratings.

Mittag, Naderi, Chehadi & Moeller, "NISQA: A Deep CNN-Self-Attention Model for Multidimensional
Speech Quality Prediction with Crowdsourced Datasets" (Interspeech 2021); 252 thousand parameters,
with the settings that `nisqa.tar` states: 48 bands and 15 frames a segment, six convolutions of 16
to 64 channels with adaptive maxima behind the first, second and fourth, two layers of one head and
64 features, and for each rating a mean of the segments, weighted by attention of its own.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from . import checkpoint

_CHANNELS = (16, 32, 64, 64, 64, 64)
_POOLS = {1: (24, 7), 2: (12, 5), 4: (6, 3)}  # bands and frames behind the n-th convolution
_BANDS, _FRAMES = _POOLS[4]
_WIDTH, _LAYERS, _ATTENTION = 64, 2, 128

# Ours of the published names
NAMES = {
    **{
        f"cnn.model.{kind}{n}.": f"convolutions.{n - 1}.{place}."
        for n in range(1, len(_CHANNELS) + 1)
        for kind, place in (("conv", 0), ("bn", 1))
    },
    "time_dependency.model.linear.": "projection.0.",
    "time_dependency.model.norm1.": "projection.1.",
    "time_dependency.model.layers.": "layers.",
    **{
        f"pool_layers.{rating}.model.{theirs}.": f"ratings.{rating}.{ours}."
        for rating in range(5)
        for theirs, ours in (("linear1", "attention.0"), ("linear2", "attention.2"))
    },
    **{f"pool_layers.{n}.model.linear3.": f"ratings.{n}.rating." for n in range(5)},
}


class _Rating(nn.Module):
    """[B] of segments [B, N, width]."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Linear(_WIDTH, _ATTENTION), nn.ReLU(), nn.Linear(_ATTENTION, 1)
        )
        self.rating = nn.Linear(_WIDTH, 1)

    def forward(self, segments: Tensor) -> Tensor:
        weights = self.attention(segments).softmax(dim=1)
        rating: Tensor = self.rating((weights * segments).sum(dim=1))
        return rating.squeeze(1)


class Nisqa(nn.Module):
    """Rates signals of segments [B, N, 1, 48, 15], levels in dB: [B, 5], MOS first."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList()
        taken = 1
        for number, given in enumerate(_CHANNELS, 1):
            last = number == len(_CHANNELS)  # leaves one frame
            kernel, padding = ((3, _FRAMES), (1, 0)) if last else ((3, 3), (1, 1))
            layers = [nn.Conv2d(taken, given, kernel, padding=padding), nn.BatchNorm2d(given)]
            pool = [nn.AdaptiveMaxPool2d(_POOLS[number])] if number in _POOLS else []
            self.convolutions.append(nn.Sequential(*layers, nn.ReLU(), *pool))
            taken = given
        self.projection = nn.Sequential(nn.Linear(taken * _BANDS, _WIDTH), nn.LayerNorm(_WIDTH))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(_WIDTH, 1, _WIDTH, 0.0, batch_first=True)
            for _ in range(_LAYERS)
        )
        self.ratings = nn.ModuleList(_Rating() for _ in range(5))

    def forward(self, segments: Tensor) -> Tensor:
        features = segments.flatten(0, 1)
        for convolution in self.convolutions:
            features = convolution(features)
        frames = self.projection(features.flatten(1)).unflatten(0, segments.shape[:2])
        for layer in self.layers:
            frames = layer(frames)
        return torch.stack([rating(frames) for rating in self.ratings], dim=1)


def load(path: Path) -> Nisqa:
    """The network with the weights of a published file."""
    return checkpoint.filled(Nisqa(), checkpoint.tensors(path, "model_state_dict"), NAMES)
