"""The encoder beside the source-filter decoder: it sees envelope, moments and period.

A frame is shown as the log-spectrum of one long window, those of four short ones, and its
autocorrelation at logarithmically spaced lags, where a voice has a peak at its period. A linear
path beside the network begins as principal components of the log-mel and of the autocorrelation, so
that the latents mean something from the first step on.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from .convnext import LOG_DEVIATION, LOG_MEAN, Stack, gather
from .features import LOG_MEL_DEVIATION, LOG_MEL_MEAN, LogMel, MelConfig, stft
from .pitch import CLASSES, HIGHEST, LOWEST
from .precision import single_precision
from .principal import hold_back, principal_components
from .unit_size import UnitSize

LONG, SHORT = 1024, 256  # samples of the windows
MOMENTS = 4  # short windows a frame
CORRELATED = 3500.0  # Hz: above, voiced speech is hardly periodic
SMALLEST_WINDOW = 0.05  # of the window's own autocorrelation, which divides that of the frame
PITCH_COMPONENTS = 24  # of the linear path's, from the autocorrelation


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
    """Signals [B, k * hop] to latents [B, latent, k]: of unit mean square over the batch."""

    def __init__(self, latent: int, mel: MelConfig, dim: int, depth: int) -> None:
        super().__init__()
        self.log_mel = LogMel(mel)
        self.features = VoiceFeatures(mel.sample_rate, mel.hop)
        self.body = Stack(self.features.channels, dim, depth, kernel=1)
        self.exit = nn.Linear(dim, latent)
        self.linear = nn.Linear(mel.bands + CLASSES, latent)
        self.unit_size = UnitSize()

    def forward(self, audio: Tensor) -> Tensor:
        with single_precision(audio.device):
            features = self.features(audio.float())
            direct = self.linear(self._direct(audio, features).transpose(1, 2))
        latents: Tensor = self.unit_size(self.exit(self.body(features)).float() + direct)
        return latents.transpose(1, 2)

    def _direct(self, audio: Tensor, features: Tensor) -> Tensor:
        """What the linear path sees [B, bands + CLASSES, k]: log-mel and autocorrelation."""
        mel = (self.log_mel(audio) - LOG_MEL_MEAN) / LOG_MEL_DEVIATION
        return torch.cat([mel, features[:, self.features.spectral :]], dim=1)

    @torch.no_grad()
    def begin_linear(self, crops: Callable[[], Tensor]) -> tuple[Tensor, Tensor]:
        """Let the linear path begin as principal components of crops [B, k * hop].

        Returns: the linear way back from latents to log-mels, weight [bands, latent] and bias.
        """
        bands, latent = self.log_mel.config.bands, len(self.linear.weight)
        mean, components, variances = principal_components(
            lambda: (self.log_mel(crops()) - LOG_MEL_MEAN) / LOG_MEL_DEVIATION,
            latent - PITCH_COMPONENTS,
        )
        size = variances.mean().sqrt()
        pitch_mean, pitch, spread = principal_components(
            lambda: self.features(crops())[:, self.features.spectral :], PITCH_COMPONENTS
        )
        pitch = pitch / spread.mean().sqrt()
        weight = mean.new_zeros(self.linear.weight.shape)
        weight[: len(components), :bands] = components / size
        weight[len(components) :, bands:] = pitch
        self.linear.weight.copy_(weight)
        self.linear.bias.copy_(-(weight @ torch.cat([mean, pitch_mean])))
        hold_back(self.exit)
        back = mean.new_zeros(bands, latent)
        back[:, : len(components)] = components.T * size
        return back, mean


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
