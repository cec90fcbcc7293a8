"""The encoder beside the source-filter decoder: it sees envelope, moments and period.

A frame is shown as the log-spectrum of one long window, those of four short ones, and its
autocorrelation at logarithmically spaced lags, where a voice has a peak at its period. A linear
path beside the network begins as whitened principal components of these, so that the latents mean
something from the first step on.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from .convnext import LOG_DEVIATION, LOG_MEAN, Stack, gather
from .features import stft
from .pitch import CLASSES, HIGHEST, LOWEST
from .precision import single_precision

LONG, SHORT = 1024, 256  # samples of the windows
MOMENTS = 4  # short windows a frame
CORRELATED = 3500.0  # Hz: above, voiced speech is hardly periodic
SMALLEST_WINDOW = 0.05  # of the window's own autocorrelation, which divides that of the frame
PITCH_COMPONENTS = 24  # of the linear path's, from the autocorrelation
BATCHES = 16  # that principal components are taken of


class VoiceFeatures(nn.Module):
    """Signals [B, k * hop] to features [B, channels, k] of about unit size."""

    long_window: Tensor
    short_window: Tensor
    lags: Tensor
    band: Tensor

    def __init__(self, sample_rate: int, hop: int) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("long_window", torch.hann_window(LONG), persistent=False)
        self.register_buffer("short_window", torch.hann_window(SHORT), persistent=False)
        self.register_buffer("lags", _lag_interpolation(sample_rate), persistent=False)
        bins = torch.arange(LONG // 2 + 1) * sample_rate / LONG
        self.register_buffer("band", (bins < CORRELATED).float()[:, None], persistent=False)
        self.spectral = LONG // 2 + 1 + MOMENTS * (SHORT // 2 + 1)
        self.channels = self.spectral + CLASSES

    def forward(self, audio: Tensor) -> Tensor:
        long = stft(audio, LONG, self.hop, self.long_window).abs().clamp_min(1e-5)
        short = stft(audio, SHORT, self.hop // MOMENTS, self.short_window).abs().clamp_min(1e-5)
        # of the magnitudes rather than their squares: peaks at the period are sharper
        lagged = torch.fft.irfft((long * self.band).transpose(1, 2), LONG)[..., : LONG // 2 + 1]
        lagged = lagged / lagged[..., :1].clamp_min(1e-4) @ self.lags
        return torch.cat(
            [_level(long), gather(_level(short), MOMENTS), 2 * lagged.transpose(1, 2)], dim=1
        )


class VoiceEncoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k]."""

    def __init__(self, latent: int, sample_rate: int, hop: int, dim: int, depth: int) -> None:
        super().__init__()
        self.features = VoiceFeatures(sample_rate, hop)
        self.body = Stack(self.features.channels, dim, depth, kernel=1)
        self.exit = nn.Linear(dim, latent)
        self.linear = nn.Linear(self.features.channels, latent)

    def forward(self, audio: Tensor) -> Tensor:
        with single_precision(audio.device):
            features = self.features(audio.float())
            direct = self.linear(features.transpose(1, 2))
        latents: Tensor = self.exit(self.body(features)).float() + direct
        return latents.transpose(1, 2)

    @torch.no_grad()
    def whiten(self, crops: Callable[[], Tensor]) -> None:
        """Let the linear path begin as principal components of features of crops [B, k * hop]."""
        seen = [self.features(crops()).transpose(1, 2).flatten(0, 1) for _ in range(BATCHES)]
        features = torch.cat(seen).double()
        mean = features.mean(dim=0)
        weight = torch.zeros(self.linear.weight.shape, dtype=torch.float64, device=mean.device)
        spectral, latent = self.features.spectral, len(weight)
        parts = (
            (slice(0, spectral), slice(0, latent - PITCH_COMPONENTS)),
            (slice(spectral, None), slice(latent - PITCH_COMPONENTS, latent)),
        )
        for channels, rows in parts:
            centred = features[:, channels] - mean[channels]
            values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
            count = rows.stop - rows.start
            scale = values[-count:].clamp_min(1e-6).sqrt()
            weight[rows, channels] = (vectors[:, -count:] / scale).T
        self.linear.weight.copy_(weight)
        self.linear.bias.copy_(-(weight @ mean))
        self.exit.weight.mul_(0.1)
        self.exit.bias.zero_()


def _level(magnitude: Tensor) -> Tensor:
    return (magnitude.log() - LOG_MEAN) / LOG_DEVIATION


def _lag_interpolation(sample_rate: int) -> Tensor:
    """Matrix [LONG // 2 + 1, CLASSES]: autocorrelation by sample to one by pitch class.

    It is divided by the window's own, which falls with the lag.
    """
    window = np.hanning(LONG + 1)[:-1]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * LONG)) ** 2)[: LONG // 2 + 1]
    own = np.maximum(own / own[0], SMALLEST_WINDOW)
    lags = sample_rate / np.geomspace(LOWEST, HIGHEST, CLASSES)
    samples = np.arange(LONG // 2 + 1)
    rows = [np.interp(lags, samples, unit) for unit in np.eye(len(samples))]
    return torch.from_numpy(np.stack(rows) / own[:, None]).float()
