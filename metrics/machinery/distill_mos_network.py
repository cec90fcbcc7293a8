"""The network of Distill-MOS: convolutions over a compressed complex spectrogram, a transformer.

Stahl & Gamper, "Distillation and Pruning for Scalable Self-Supervised Representation-Based Speech
Quality Assessment" (ICASSP 2025); 4.1 million parameters, as published in `distillmos`.

    spectrogram   Hann windows of 20 ms every 10 ms, the signal mirrored by 5 ms at its ends; real
                  and imaginary part, the magnitude raised to 0.3
    convolutions  six of 3 x 3; all but the first halve the frequencies, the last the frames
    transformer   of seven layers over 384 frames
    rating        linear in the frames' mean, weighted by attention; a sigmoid, from 1 to 5
"""

from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import checkpoint

SAMPLES = 122_880  # of a segment: 7.68 s
FRAMES = 384
_WINDOW, _HOP = 320, 160
_LEAST = 1e-12  # magnitude
_CHANNELS = (2, 64, 64, 128, 256, 256, 256)
_BINS = 4  # that are left of 161 behind the convolutions
_FEATURES, _WIDTH, _HEADS, _LAYERS = _BINS * _CHANNELS[-1], 200, 8, 7

# Ours of the published names
_BELOW = "transformer_pool_attn."
NAMES = {
    "cnn.cnn.": "convolutions.",
    f"{_BELOW}norm_input.": "norms.0.",
    f"{_BELOW}transformer.norm.": "norms.1.",
    f"{_BELOW}transformer.position_encoding.pe": "positions",
    f"{_BELOW}transformer.linear_proj.": "projection.",
    f"{_BELOW}transformer.transformer_encoder.": "encoder.",
    f"{_BELOW}norm_trans.": "last_norm.",
    f"{_BELOW}pool.linear1.": "attention.0.",
    f"{_BELOW}pool.linear2.": "attention.2.",
    f"{_BELOW}pool.linear3.": "rating.",
}


class DistillMos(nn.Module):
    """Rates segments [B, 122880] at 16 kHz, of any level: [B], from 1 to 5."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (taken, given) in enumerate(pairwise(_CHANNELS)):
            stride = (1 if number == 0 else 2, 2 if number == len(_CHANNELS) - 2 else 1)
            layers += [nn.Conv2d(taken, given, 3, stride, padding=(0, 1)), nn.LeakyReLU(0.1)]
        self.convolutions = nn.Sequential(*layers)
        self.norms = nn.Sequential(nn.BatchNorm1d(_FEATURES), nn.BatchNorm1d(_FEATURES))
        self.positions = nn.Buffer(torch.zeros(1, FRAMES, _WIDTH))
        self.projection = nn.Linear(_FEATURES, _WIDTH)
        layer = nn.TransformerEncoderLayer(_WIDTH, _HEADS, 2 * _WIDTH, 0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, _LAYERS)
        self.last_norm = nn.BatchNorm1d(_WIDTH)
        self.attention = nn.Sequential(
            nn.Linear(_WIDTH, 2 * _WIDTH), nn.ReLU(), nn.Linear(2 * _WIDTH, 1)
        )
        self.rating = nn.Linear(_WIDTH, 1)
        self._window = nn.Buffer(torch.hann_window(_WINDOW), persistent=False)

    def forward(self, segments: Tensor) -> Tensor:
        normalized = segments / (segments.abs().amax(dim=1, keepdim=True) + 1e-8)
        features = self.convolutions(self._spectrogram(normalized)).flatten(1, 2)
        frames = self.projection(self.norms(features).mT) + self.positions
        frames = self.last_norm(self.encoder(frames).mT).mT
        weights = self.attention(frames).softmax(dim=1)
        rating: Tensor = self.rating((weights * frames).sum(dim=1))
        return 1 + 4 * rating.squeeze(1).sigmoid()

    def _spectrogram(self, segments: Tensor) -> Tensor:
        """Real and imaginary part [B, 2, 161, frames], compressed."""
        around = (_WINDOW - _HOP) // 2
        spectrum = torch.stft(
            functional.pad(segments, (around, around), mode="reflect"),
            _WINDOW,
            _HOP,
            window=self._window,
            center=False,
            return_complex=True,
        )
        parts = torch.view_as_real(spectrum)
        magnitude = parts.square().sum(dim=-1, keepdim=True).sqrt().clip(_LEAST)
        return (magnitude**0.3 * parts / magnitude).permute(0, 3, 1, 2)


def load(path: Path) -> DistillMos:
    """The network with the weights of a published file."""
    return checkpoint.filled(DistillMos(), checkpoint.tensors(path, "model"), NAMES)
