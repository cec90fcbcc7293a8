"""The suite's one short-time Fourier transform and its one log-mel spectrogram.

Conventions
    stft      Hann window of n_fft samples, reflect padding of (n_fft - hop) / 2 on both sides, so
              that a signal of k hops has exactly k frames; no scaling
    istft     its least-squares inverse: windowed overlap-add over the window's summed squares
    log-mel   HiFi-GAN's: magnitude sqrt(power + 1e-9), Slaney's area-normalized triangular
              filters, natural logarithm of at least 1e-5. Never 20 log10, never the HTK scale

J. Kong et al., "HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity Speech
Synthesis", NeurIPS 2020. M. Slaney, "Auditory Toolbox", Interval Research TR 1998-010.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...metrics.machinery import spectra

POWER_FLOOR = 1e-9  # keeps the square root differentiable at silence
MEL_FLOOR = 1e-5
# roughly the mean and the deviation of speech's log-mels: networks see values of order one
LOG_MEL_MEAN = -5.0
LOG_MEL_DEVIATION = 2.5


@dataclass(frozen=True)
class MelConfig:
    """Settings of a log-mel spectrogram; frequencies in Hz."""

    sample_rate: int = 16_000
    n_fft: int = 1024
    hop: int = 320
    bands: int = 80
    fmin: float = 0.0
    fmax: float = 8000.0


def mel_filters(config: MelConfig) -> Tensor:
    """Triangular filters [bands, n_fft // 2 + 1], each of unit area over frequency in Hz.

    Raises:
        ValueError: the frequency range is empty or exceeds half the sample rate.
    """
    if not 0 <= config.fmin < config.fmax <= config.sample_rate / 2:
        raise ValueError(
            f"mel range {config.fmin:g} to {config.fmax:g} Hz; allowed is a rising range within "
            f"0 to {config.sample_rate / 2:g} Hz"
        )
    c = config
    filters = spectra.mel_filters(c.sample_rate, c.n_fft, c.bands, c.fmin, c.fmax)
    return torch.from_numpy(filters.copy()).float()


def stft(audio: Tensor, n_fft: int, hop: int, window: Tensor) -> Tensor:
    """Complex spectrum [B, n_fft // 2 + 1, T // hop] of signals [B, T]."""
    padding = (n_fft - hop) // 2
    padded = F.pad(audio.unsqueeze(1), (padding, padding), mode="reflect").squeeze(1)
    return torch.stft(padded, n_fft, hop, window=window, center=False, return_complex=True)


def istft(spectrum: Tensor, n_fft: int, hop: int, window: Tensor) -> Tensor:
    """Signals [B, frames * hop] of complex spectra [B, n_fft // 2 + 1, frames]."""
    frames = spectrum.shape[-1]
    segments = torch.fft.irfft(spectrum, n_fft, dim=1) * window[:, None]
    weights = window.square()[:, None].expand(1, n_fft, frames)
    overlapped = _overlap_add(segments, hop) / _overlap_add(weights, hop).clamp_min(1e-11)
    padding = (n_fft - hop) // 2
    return overlapped[:, padding : padding + frames * hop]


def _overlap_add(segments: Tensor, hop: int) -> Tensor:
    """Sum [B, n_fft + (frames - 1) * hop] of segments [B, n_fft, frames], `hop` apart."""
    n_fft, frames = segments.shape[1:]
    length = n_fft + (frames - 1) * hop
    return F.fold(segments, (1, length), kernel_size=(1, n_fft), stride=(1, hop))[:, 0, 0]


class LogMel(nn.Module):
    """Log-mel spectrogram [B, bands, T // hop] of signals [B, T], T more than n_fft / 2."""

    window: Tensor
    filters: Tensor

    def __init__(self, config: MelConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("window", torch.hann_window(config.n_fft), persistent=False)
        self.register_buffer("filters", mel_filters(config), persistent=False)

    def magnitude(self, audio: Tensor) -> Tensor:
        """Mel-weighted magnitude, before the logarithm."""
        return self._weigh(stft(audio.float(), self.config.n_fft, self.config.hop, self.window))

    def of_spectrum(self, spectrum: Tensor) -> Tensor:
        """Log-mel of the complex spectrum [B, n_fft // 2 + 1, k] that `stft` gives."""
        return torch.log(self._weigh(spectrum).clamp_min(MEL_FLOOR))

    def forward(self, audio: Tensor) -> Tensor:
        return torch.log(self.magnitude(audio).clamp_min(MEL_FLOOR))

    def _weigh(self, spectrum: Tensor) -> Tensor:
        power = spectrum.real.square() + spectrum.imag.square()
        return self.filters @ torch.sqrt(power + POWER_FLOOR)
