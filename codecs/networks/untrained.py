"""Waveforms of a log-mel without a trained network: what every vocoder is read against.

Griffin-Lim       the magnitudes are those non-negative ones that have the log-mel (multiplicative
                  updates, which keep them positive), the phases those that fit them best
source-filter     pulses and noise under the envelope, at the pitch that the log-mel's own ripple
                  tells, then the mel projection

D. Griffin and J. Lim, "Signal Estimation from Modified Short-Time Fourier Transform", TASSP 1984.
N. Perraudin et al., "A Fast Griffin-Lim Algorithm", WASPAA 2013. D. Lee and H. Seung, "Algorithms
for Non-negative Matrix Factorization", NIPS 2000.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .draws import DrawShape
from .features import LogMel, MelConfig, istft, stft
from .mel_pitch import mel_pitch
from .mel_projection import MelEnvelope, MelProjection
from .pitch import PER_FRAME
from .source_filter import QUIET, SourceSpectra

MAGNITUDE_UPDATES = 30
ITERATIONS = 32
MOMENTUM = 0.99
SMALLEST = 1e-8
RATE, N_FFT = 2, 480  # of the source-filter synthesis: spectra a frame, samples of each
PASSES = 3


class GriffinLim(nn.Module):
    """Log-mels [B, bands, k] to signals [B, k * hop]; the phases begin at random."""

    def __init__(self, mel: MelConfig) -> None:
        super().__init__()
        self.log_mel = LogMel(mel)
        self.envelope = MelEnvelope(mel, mel.n_fft, rate=1)

    def forward(self, mel: Tensor, draw: DrawShape) -> Tensor:
        magnitude = self.magnitude(mel)
        turns = draw(tuple(magnitude.shape)).to(mel.device) % 1  # uniform, as in `excitation`
        spectrum = torch.polar(magnitude, 2 * math.pi * turns)
        before = torch.zeros_like(spectrum)
        for _ in range(ITERATIONS):
            consistent = self._stft(self._istft(spectrum))
            ahead = consistent - MOMENTUM / (1 + MOMENTUM) * before
            before = consistent
            spectrum = magnitude * ahead / ahead.abs().clamp_min(SMALLEST)
        return self._istft(spectrum)

    def magnitude(self, mel: Tensor) -> Tensor:
        """Non-negative magnitudes [B, n_fft // 2 + 1, k] of these log-mels."""
        filters = self.log_mel.filters
        wanted, weight = mel.exp(), filters.sum(dim=0)[:, None].clamp_min(SMALLEST)
        magnitude: Tensor = self.envelope(mel)
        for _ in range(MAGNITUDE_UPDATES):
            ratio = wanted / (filters @ magnitude).clamp_min(SMALLEST)
            magnitude = magnitude * (filters.T @ ratio) / weight
        return magnitude

    def _stft(self, audio: Tensor) -> Tensor:
        c = self.log_mel.config
        return stft(audio, c.n_fft, c.hop, self.log_mel.window)

    def _istft(self, spectrum: Tensor) -> Tensor:
        c = self.log_mel.config
        return istft(spectrum, c.n_fft, c.hop, self.log_mel.window)


class PlainSourceFilter(nn.Module):
    """Log-mels [B, bands, k] to signals [B, k * hop]."""

    def __init__(self, mel: MelConfig) -> None:
        super().__init__()
        self.config = mel
        self.sources = SourceSpectra(mel.sample_rate, mel.hop, RATE, N_FFT)
        self.envelope = MelEnvelope(mel, N_FFT, RATE)
        self.projection = MelProjection(mel, PASSES)

    def forward(self, mel: Tensor, draw: DrawShape) -> Tensor:
        told = torch.stack(mel_pitch(mel, self.config), dim=1)  # [B, 2, k]
        log_f0, voicing = F.interpolate(told, scale_factor=float(PER_FRAME), mode="linear").unbind(
            1
        )
        pulses, noise = self.sources(log_f0, draw)
        share = F.interpolate(voicing[:, None], scale_factor=RATE / PER_FRAME, mode="linear")
        shape = self.envelope(mel)
        spectrum = pulses * (shape * share.sqrt()) + noise * (shape * (1 - QUIET * share))
        audio: Tensor = self.projection(self.sources.signal(spectrum), mel)
        return audio
